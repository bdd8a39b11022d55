"""Phones are added: one, many, from a sheet; what was typed stays when something is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from provd.simulate.drive import boot
from provd.store import domains, phones
from provd.store.rows import Phone
from tests.live import YEALINK, LiveServer
from tests.pages.visitor import Visitor

PAGE = "/c/acme.example/phones/add"
ONE = {
    "mac": "80:5E:C0:00:0B:01", "model": "Yealink T54W", "user": "107", "description": "Meeting room <2>",
    "site_id": "1", "template_id": "", "minutes": "30",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("adding")) as running:
        yield running


def phone(server: LiveServer, mac: str) -> Phone:
    acme = server.store(domains.by_name, "acme.example")
    return server.store(phones.by_mac, acme.id, mac)  # type: ignore[no-any-return]


def test_one_phone_with_its_person_label_and_window(server: LiveServer, manager: Visitor) -> None:
    seen = manager.post(PAGE, ONE)
    assert seen.location == "/c/acme.example/phones/805ec0000b01"
    made = phone(server, "805ec0000b01")
    assert (made.model, made.site_id, made.description) == ("yealink-t54w", 1, "Meeting room <2>")
    assert made.admission and made.admission["open_until"] > time.time() + 1000
    listed = manager.get("/c/acme.example/phones?search=0b01")
    assert "Donald Knuth" in listed.text and "Meeting room &lt;2&gt;" in listed.html


def test_a_phone_fresh_from_its_box_gets_its_passwords_while_its_window_is_open(
    server: LiveServer, manager: Visitor
) -> None:
    manager.post(PAGE, ONE | {"mac": "805ec0000b05", "user": "110"})
    manager.post(PAGE, ONE | {"mac": "805ec0000b06", "user": "110", "minutes": "0"})
    plain = server.services.addresses.base("http", "")
    served: Any = server.call(boot("805ec0000b05", "yealink-t54w", plain))
    assert [account.password != "" for account in served.accounts] == [True]
    shut: Any = server.call(boot("805ec0000b06", "yealink-t54w", plain))
    assert not any(account.password for account in shut.accounts)
    server.call(server.services.recorder.flush())
    listed = manager.get("/c/acme.example/phones?search=0b06")
    assert "Refused" in listed.text and "It brought no proof of who it is" in listed.html


def test_the_next_one_begins_where_the_last_ended(manager: Visitor) -> None:
    seen = manager.follow(PAGE, ONE | {"mac": "805ec0000b02", "user": "", "next": "again"})
    assert "80:5e:c0:00:0b:02 is set up." in seen.text
    assert 'value="Yealink T54W"' in seen.html and 'value="1" selected' in seen.html and "805EC" not in seen.html


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("mac", "80:5E:C0", "f-mac-below"), ("mac", "", "f-mac-below"), ("mac", YEALINK, "It is set up already."),
        ("model", "Nokia 3310", "Choose one of the models that are listed."), ("user", "999", "There is no user 999"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    manager: Visitor, field: str, value: str, told: str
) -> None:
    seen = manager.post(PAGE, ONE | {"mac": "805ec0000b03", field: value})
    assert seen.status == 422 and told in seen.html and 'aria-invalid="true"' in seen.html
    assert (
        'value="Meeting room &lt;2&gt;"' in seen.html
        and "805ec0000b03" not in manager.get("/c/acme.example/phones").html
    )


def test_the_model_is_shown_as_it_is_chosen(manager: Visitor) -> None:
    seen = manager.get(f"{PAGE}/model?model=yealink+t46u&mac=0004f2000001", HX_Request="true")
    assert "By its MAC it is a Poly, not a Yealink" in seen.text and "16 lines, 27 keys" in seen.text
    assert "Reception" in seen.text and 'aria-label="Yealink T46U with 10 keys on this page"' in seen.html
    assert "once its model is chosen" in manager.get(f"{PAGE}/model?model=x&mac=y").text


def test_many_are_pasted_and_each_line_says_what_became_of_it(server: LiveServer, manager: Visitor) -> None:
    lines = "80:5e:c0:00:0c:01 108\r\n805ec0000c02\r\n\r\nhello\r\n805ec0000c01\r\n805ec0000c03 999\r\n"
    seen = manager.post(f"{PAGE}/many", {"lines": lines, "model": "yealink-t46u", "template_id": "1", "minutes": "0"})
    assert "2 phones are set up, 3 lines are not" in seen.text and "There is no user 999" in seen.text
    assert "hello\n805ec0000c03 999</textarea>" in seen.html, "what failed waits to be mended; what is done is gone"
    assert phone(server, "805ec0000c01").template_id == 1


def test_many_need_a_model_or_to_have_knocked(server: LiveServer, manager: Visitor) -> None:
    server.get("/805ec0000c09.cfg", agent="Yealink SIP-T54W 96.86.0.45 80:5e:c0:00:0c:09")
    fields = {"lines": "805ec0000c09\n805ec0000c0a", "model": "As each phone told when it knocked", "minutes": "30"}
    seen = manager.post(f"{PAGE}/many", fields)
    assert "1 phone is set up, 1 line is not" in seen.text and "choose the model" in seen.text
    assert phone(server, "805ec0000c09").model == "yealink-t54w"
    wrong = manager.post(f"{PAGE}/many", {"lines": "805ec0000c0b", "model": "Nokia"})
    assert wrong.status == 422 and "805ec0000c0b</textarea>" in wrong.html


SHEET = "MAC;Model;Extension;Site\r\n80:5e:c0:00:0d:01;T54W;109;Denver\r\n805ec0000d02;T46U;;Zürich\r\n"


def test_a_sheet_is_tried_then_brought_in(server: LiveServer, manager: Visitor) -> None:
    wrong = manager.upload(f"{PAGE}/sheet", {"do": "try"}, "file", "phones.csv", SHEET.encode("latin-1"))
    assert "1 wrong" in wrong.text and "Zürich" in wrong.text and "Nothing was saved" in wrong.text
    assert 'value="import"' not in wrong.html, "a wrong line keeps all from being saved"
    good = SHEET.replace("Zürich", "Dallas")
    tried = manager.post(f"{PAGE}/sheet", {"do": "try", "csv": good})
    assert "2 new" in tried.text and "Bring in 2 phones" in tried.text
    assert "805ec0000d01" not in manager.get("/c/acme.example/phones").html
    done = manager.follow(f"{PAGE}/sheet", {"do": "import", "csv": good})
    assert "2 phones are set up, 0 are changed." in done.text
    assert phone(server, "805ec0000d01").site_id == 2


def test_a_sheet_that_is_none_says_so(manager: Visitor) -> None:
    assert "Choose a file" in manager.post(f"{PAGE}/sheet", {"do": "try", "csv": " "}).text
    workbook = manager.upload(f"{PAGE}/sheet", {"do": "try"}, "file", "a.xlsx", b"PK\x03\x04rest")
    assert workbook.status >= 400 and "save it from the spreadsheet as CSV" in workbook.text
    huge = manager.upload(f"{PAGE}/sheet", {"do": "try"}, "file", "a.csv", b"MAC\n" + b"805ec0000d03\n" * 80_000)
    assert huge.status == 422 and "split the sheet" in huge.text


def test_all_phones_leave_as_a_sheet_that_can_come_back(manager: Visitor) -> None:
    seen = manager.get("/c/acme.example/phones/export")
    assert seen.headers["content-disposition"] == 'attachment; filename="phones.csv"'
    again = manager.post(f"{PAGE}/sheet", {"do": "try", "csv": seen.html})
    assert "there is nothing to bring in" in again.text


def test_a_site_manager_adds_to_the_own_site_only(server: LiveServer) -> None:
    katherine = Visitor(server).sign_in("106")
    form = katherine.get(PAGE)
    assert "Denver" in form.text and "Dallas" not in form.text and "Spreadsheet" not in form.text
    refused = katherine.post(PAGE, ONE | {"mac": "805ec0000e01", "user": "", "site_id": "1"})
    assert refused.status == 403
    assert katherine.post(PAGE, ONE | {"mac": "805ec0000e01", "user": "", "site_id": "2"}).status == 303
    assert katherine.get(f"{PAGE}/sheet").status == 403 and katherine.get("/c/acme.example/phones/export").status == 403
