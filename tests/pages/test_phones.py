"""Phone Hardware: every phone and how it is; found, chosen, resynced, removed; one's own phones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.live import YEALINK, LiveServer
from tests.pages.visitor import Visitor

PAGE = "/c/acme.example/phones"
DONALDS = "000b82000107"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("phones")) as running:
        yield running


def macs(html: str) -> list[str]:
    return [mac for said in re.findall(r'name="macs" value="([^"]+)"', html) for mac in said.split()]


def test_the_list_names_phone_person_site_and_state(manager: Visitor) -> None:
    seen = manager.get(PAGE)
    assert len(macs(seen.html)) == 11
    for words in (
        "80:5e:c0:00:01:01",
        "Yealink T46U",
        "Ada Lovelace",
        "2 lines",
        "Dallas",
        "Waiting for first contact 11",
    ):
        assert words in seen.text
    assert f'href="{PAGE}/{YEALINK}/keys"' in seen.html, "SF-257: the MAC opens the Phone Manager"
    assert 'title="It never asked for anything yet' in seen.html, "the sentence is there on hover"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=00:01:07", [DONALDS]), ("search=Knuth", [DONALDS]), ("search=107", [DONALDS]),
        ("model=yealink-t54w", ["249ad8000111"]), ("site_id=2&search=Grandstream", ["000b82000110", "c074ad000106"]),
        ("state=registered", []), ("user=101&sort=model&descending=1", ["249ad8000111", YEALINK]),
    ],
)  # fmt: skip
def test_filters_are_in_the_address(manager: Visitor, query: str, found: list[str]) -> None:
    seen = manager.get(f"{PAGE}?{query}", HX_Request="true")
    assert macs(seen.html) == found and "<html" not in seen.html


def test_each_filter_can_be_taken_off(manager: Visitor) -> None:
    seen = manager.get(f"{PAGE}?search=Ada&model=yealink-t46u&state=waiting")
    assert f'href="{PAGE}?state=waiting&amp;model=yealink-t46u"' in seen.html, "the chip of the search"
    assert f'href="{PAGE}?search=Ada&amp;model=yealink-t46u"' in seen.html, "the tab of all states"
    assert "No phone fits these filters" in manager.get(f"{PAGE}?search=nobody").text


def test_one_extension_or_mac_opens_the_phone_manager_at_once(manager: Visitor) -> None:
    assert manager.get(f"{PAGE}/open?phone=107").location == f"{PAGE}/{DONALDS}/keys"
    assert manager.get(f"{PAGE}/open?phone=80-5E-C0-00-01-01").location == f"{PAGE}/{YEALINK}/keys"
    several = manager.get(f"{PAGE}/open?phone=101")
    assert "Several phones fit" in several.text and "80:5e:c0:00:01:01" in several.text
    wrong = manager.get(f"{PAGE}/open?phone=nothing")
    assert wrong.status == 422 and "No phone fits “nothing”" in wrong.text and 'value="nothing"' in wrong.html
    assert manager.get(f"{PAGE}/open?what=template&template=1").location == "/c/acme.example/templates/1/keys"
    assert "Reception" in manager.get(f"{PAGE}/open?what=template").text


def test_a_template_is_offered_for_its_own_model_only(manager: Visitor) -> None:
    seen = manager.get(f"{PAGE}/selected?do=apply&macs={YEALINK}&macs={DONALDS}", HX_Request="true")
    assert "Reception Yealink T46U: 1 of these" in seen.text
    assert re.search(
        r'action="/c/acme.example/apply"[^<]*<input type="hidden" name="macs" value="805ec0000101 000b82000107"',
        seen.html,
    )
    assert "No template is for this model" in manager.get(f"{PAGE}/selected?do=apply&macs=0c383e000109").text


def test_phones_chosen_are_told_to_resync(manager: Visitor) -> None:
    asked = manager.get(f"{PAGE}/selected?do=resync&macs={YEALINK}&macs={DONALDS}")
    assert "Resync 2 phones" in asked.text and "As soon as no call is on" in asked.text
    done = manager.follow(f"{PAGE}/selected", {"do": "resync", "macs": [YEALINK, DONALDS], "when": "tonight"})
    assert "2 phones are told in the coming night." in done.text
    fields = {"do": "resync", "macs": [YEALINK], "when": "tonight"}
    back = manager.post(f"{PAGE}/selected", fields, Referer=f"http://127.0.0.1{PAGE}?search=Ada")
    assert back.location == f"{PAGE}?search=Ada", "the list is as it was"
    assert manager.post(f"{PAGE}/selected", fields, Referer="http://127.0.0.1/x?search=Ada").location == PAGE
    wrong = manager.post(f"{PAGE}/selected", {"do": "resync", "macs": [YEALINK], "when": "never"})
    assert wrong.status == 422 and "Resync “80:5e:c0:00:01:01”" in wrong.text


def test_everything_found_can_be_chosen(manager: Visitor) -> None:
    seen = manager.get(f"{PAGE}/selected?do=resync&every=1&search=Yealink&macs={DONALDS}")
    assert macs(seen.html) == ["249ad8000111", YEALINK]


def test_removing_says_what_goes_and_asks_first(manager: Visitor) -> None:
    asked = manager.get(f"{PAGE}/selected?do=delete&macs=c074ad000106", HX_Request="true")
    assert "<dialog" in asked.html and "lines, keys, own settings, history" in asked.text
    assert "People and their devices stay" in asked.text
    done = manager.follow(f"{PAGE}/selected", {"do": "delete", "macs": ["c074ad000106"]})
    assert "1 phone is removed." in done.text and "c074ad000106" not in done.html
    assert manager.get(f"{PAGE}/c074ad000106/edit").status == 404
    assert manager.get(f"{PAGE}/selected?do=delete&macs=c074ad000106").status == 404


def test_nothing_is_done_to_nobody(manager: Visitor) -> None:
    seen = manager.post(f"{PAGE}/selected", {"do": "delete"})
    assert seen.status == 422 and "No phone is chosen" in seen.text
    assert manager.post(f"{PAGE}/selected", {"do": "explode", "macs": YEALINK}).status == 404


def test_a_basic_user_sees_their_own_phones_as_cards(person: Visitor) -> None:
    seen = person.get(PAGE)
    assert "Grandstream GXP2170" in seen.text and "Edit keys" in seen.text and "Line 1 Donald Knuth 107" in seen.text
    assert "Yealink" not in seen.text and "Add phones" not in seen.text and "Choose" not in seen.html
    for path in (
        "add",
        "add/many",
        "selected?do=delete&macs=" + DONALDS,
        f"{DONALDS}/edit",
        f"{DONALDS}/swap",
        "export",
    ):
        assert person.get(f"{PAGE}/{path}").status == 403, path
    assert person.post(f"{PAGE}/selected", {"do": "delete", "macs": DONALDS}).status == 403


def test_a_supervisor_looks_and_changes_nothing(server: LiveServer) -> None:
    seen = Visitor(server).sign_in("102").get(PAGE)
    assert "Yealink T46U" in seen.text and not macs(seen.html) and "Phone Manager" not in seen.text
    assert f'href="{PAGE}/{YEALINK}"' in seen.html and "/keys" not in seen.html and "/edit" not in seen.html


def test_a_site_manager_sees_the_own_site(server: LiveServer) -> None:
    katherine = Visitor(server).sign_in("106")
    seen = katherine.get(PAGE)
    assert "Dallas" not in re.sub(r"(?s)<select.*?</select>", "", seen.html) and "Denver" in seen.text
    assert YEALINK not in seen.html
    assert katherine.get(f"{PAGE}/{YEALINK}/edit").status in (403, 404)
    assert katherine.post(f"{PAGE}/selected", {"do": "delete", "macs": YEALINK}).status in (403, 404)


def test_another_companys_phone_is_not_there(server: LiveServer, provider: Visitor) -> None:
    made = provider.post("/companies/new", {"name": "rival.example", "time_zone": "UTC", "description": "Rival"})
    assert made.status == 303, made.text
    assert provider.get(f"/c/rival.example/phones/{YEALINK}/edit").status == 404
    assert provider.get(f"/c/rival.example/phones/{YEALINK}/swap").status == 404
    assert "There are no phones yet" in provider.get("/c/rival.example/phones").text
