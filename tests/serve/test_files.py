"""Phones ask for their files over HTTP and get what they should."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from provd.store import layers, phones, users
from tests.live import YEALINK, LiveServer

NOW = 1_800_000_000


def test_a_phone_with_its_companys_token_gets_its_whole_file(server: LiveServer) -> None:
    got = server.get(f"/p/{server.token}/{YEALINK}.cfg")
    assert got.status == 200
    assert got.text.startswith("#!version:1.0.0.1\n")
    assert "account.1.display_name = Ada Lovelace\n" in got.text
    assert "expansion_module.1.key.1.value = 102\n" in got.text, "the cascade on the module begins with Grace"


def test_without_a_token_every_secret_is_blank(server: LiveServer) -> None:
    got = server.get(f"/{YEALINK}.cfg")
    assert got.status == 200
    secrets = [line for line in got.text.splitlines() if "password" in line and not line.startswith("#")]
    assert secrets
    assert all(line.endswith(("= ", "=", "admin:", "user:")) for line in secrets), secrets
    assert server.token not in got.text
    assert "auto_provision.server.url" not in got.text, "a URL without token would be kept by the phone"


def test_the_same_file_again_is_not_sent_again(server: LiveServer) -> None:
    first = server.get(f"/p/{server.token}/{YEALINK}.cfg")
    again = server.get(f"/p/{server.token}/{YEALINK}.cfg", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert [event.kind for event in server.events()][:2] == ["unchanged", "fetched"]


def test_head_says_what_get_would_send(server: LiveServer) -> None:
    whole = server.get(f"/p/{server.token}/{YEALINK}.cfg")
    head = server.get(f"/p/{server.token}/{YEALINK}.cfg", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    assert head.headers["etag"] == whole.headers["etag"]


def test_a_phone_that_takes_gzip_gets_it(server: LiveServer) -> None:
    whole = server.get(f"/p/{server.token}/{YEALINK}.cfg")
    small = server.get(f"/p/{server.token}/{YEALINK}.cfg", headers={"Accept-Encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(small.body) == whole.body


def test_upper_case_and_the_bare_host_work_too(server: LiveServer) -> None:
    assert server.get(f"/p/{server.token}/{YEALINK.upper()}.cfg").status == 200
    assert server.get(f"/p/{YEALINK}.cfg").status == 200


def test_the_common_file_is_the_same_for_all_and_holds_no_secret(server: LiveServer) -> None:
    got = server.get(f"/p/{server.token}/y000000000108.cfg")
    assert got.status == 200
    assert "account." not in got.text
    assert got.body == server.get("/y000000000108.cfg", agent="curl/8").body


def test_boot_files_that_are_better_not_there_are_not_there(server: LiveServer) -> None:
    before = len(server.events())
    assert server.get(f"/p/{server.token}/{YEALINK}.boot").status == 404
    assert server.get("/y000000000000.boot").status == 404
    assert len(server.events()) == before, "an expected 404 is no event"


def test_the_directory_needs_a_proof_and_can_be_searched(server: LiveServer) -> None:
    path = f"/p/{server.token}/directory/{YEALINK}.xml"
    assert server.get(path).text.count("<DirectoryEntry>") == 11
    found = server.get(f"{path}?term=liskov")
    assert "<Name>Barbara Liskov</Name>" in found.text
    assert found.text.count("<DirectoryEntry>") == 1
    assert server.get(f"/directory/{YEALINK}.xml").status == 404


def test_a_phone_that_says_it_is_another_model_is_told_apart(server: LiveServer) -> None:
    agent = "FileTransport PolycomVVX-VVX_450-UA/6.4.3.5017 Type/Application"
    assert server.get(f"/p/{server.token}/{YEALINK}-settings.cfg", agent=agent).status == 404
    event = server.events()[0]
    assert event.kind == "not_found"
    assert "says it is a Poly VVX450" in event.reason


@pytest.mark.parametrize("path", ["healthz", "trust", "ca.pem", "metrics"])
def test_the_plain_pages_answer(server: LiveServer, path: str) -> None:
    assert server.get(f"/{path}").status == 200


def test_a_change_is_in_the_next_fetch_and_nowhere_else(start: Callable[..., LiveServer]) -> None:
    server = start()
    others = ["64167f000102-settings.cfg", "249ad8000111.cfg"]
    before = {name: server.get(f"/p/{server.token}/{name}").headers["etag"] for name in [*others, f"{YEALINK}.cfg"]}
    phone = server.store(phones.anywhere, YEALINK)
    keys = {"9": {"kind": "speed_dial", "target": "4711", "label": "Cologne"}}
    server.store(layers.save, phone.domain_id, "phone", phone.id, NOW, who="test", values={}, keys=keys)
    assert "linekey.9.value = 4711" in server.get(f"/p/{server.token}/{YEALINK}.cfg").text
    for name in others:
        assert server.get(f"/p/{server.token}/{name}").headers["etag"] == before[name]


def test_a_renamed_person_is_renamed_on_everybodys_keys(start: Callable[..., LiveServer]) -> None:
    server = start()
    assert "label = Grace Hopper" in server.get(f"/p/{server.token}/{YEALINK}.cfg").text
    phone = server.store(phones.anywhere, YEALINK)
    grace = server.store(users.by_extension, phone.domain_id, "102")
    server.store(users.update, phone.domain_id, grace.id, NOW, last_name="Murray Hopper")
    assert "label = Grace Murray Hopper" in server.get(f"/p/{server.token}/{YEALINK}.cfg").text


def test_the_file_names_the_port_the_server_listens_on_for_its_transport(start: Callable[..., LiveServer]) -> None:
    server = start()
    addresses = server.services.addresses
    path = f"/p/{server.token}/{YEALINK}.cfg"
    assert f"account.1.sip_server.1.port = {addresses.sip}\n" in server.get(path).text
    phone = server.store(phones.anywhere, YEALINK)
    values = {"sip.transport": "tls"}
    server.store(layers.save, phone.domain_id, "phone", phone.id, NOW, who="test", values=values)
    assert f"account.1.outbound_proxy.1.port = {addresses.sips}\n" in server.get(path).text
    values = {"sip.transport": "tls", "sip.port": 5099}
    server.store(layers.save, phone.domain_id, "phone", phone.id, NOW, who="test", values=values)
    assert "account.1.sip_server.1.port = 5099\n" in server.get(path).text
