"""Tokens, digest, certificates and windows against a whole server."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from provd.store import domains, phones, tokens
from provd.store.database import Store
from tests.live import YEALINK, Got, LiveServer

NOW = 1_800_000_000


def _secret(got: Got) -> bool:
    return re.search(r"(?m)^account\.1\.password = \S+$", got.text) is not None


def _admit(server: LiveServer, **admission: Any) -> None:
    domain = server.store(domains.by_name, "acme.example")
    server.store(domains.update, domain.id, NOW, admission=admission)


def test_a_wrong_token_is_answered_like_an_unknown_phone(start: Callable[..., LiveServer]) -> None:
    server = start()
    wrong = server.get(f"/p/{'x' * 22}/{YEALINK}.cfg")
    unknown = server.get(f"/p/{server.token}/805ec0999999.cfg")
    forbidden = {name: value for name, value in wrong.headers.items() if name != "date"}
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body) == (404, b"Not found\n")
    assert forbidden == {name: value for name, value in unknown.headers.items() if name != "date"}
    assert server.events()[0].kind == "refused"
    assert "token" in server.events()[0].reason


def test_the_first_use_of_a_phones_next_token_retires_the_old(start: Callable[..., LiveServer]) -> None:
    server = start()
    phone = server.store(phones.anywhere, YEALINK)
    old = server.store(tokens.newest, phone.domain_id, phone.id)
    assert _secret(server.get(f"/p/{old}/{YEALINK}.cfg"))
    new = server.store(tokens.rotate, phone.domain_id, phone.id, NOW)
    handed_over = server.get(f"/p/{old}/{YEALINK}.cfg")
    assert f"/p/{new}/" in handed_over.text, "the old one still works, and its file names the new one"
    assert _secret(server.get(f"/p/{new}/{YEALINK}.cfg"))
    assert server.get(f"/p/{old}/{YEALINK}.cfg").status == 404


def test_a_phones_token_opens_no_other_phone(server: LiveServer) -> None:
    phone = server.store(phones.anywhere, YEALINK)
    own = server.store(tokens.newest, phone.domain_id, phone.id)
    assert server.get(f"/p/{own}/249ad8000111.cfg").status == 404


def test_in_two_stages_the_companys_token_is_worth_nothing_later(start: Callable[..., LiveServer]) -> None:
    server = start()
    _admit(server, company_token="first")
    phone = server.store(phones.anywhere, YEALINK)
    own = server.store(tokens.newest, phone.domain_id, phone.id)
    assert _secret(server.get(f"/p/{server.token}/{YEALINK}.cfg"))
    assert _secret(server.get(f"/p/{own}/{YEALINK}.cfg"))
    assert not _secret(server.get(f"/p/{server.token}/{YEALINK}.cfg"))


def test_networks_windows_and_refusal(start: Callable[..., LiveServer]) -> None:
    server = start()
    _admit(server, networks=["127.0.0.0/8"])
    assert _secret(server.get(f"/{YEALINK}.cfg"))
    _admit(server, networks=["10.0.0.0/8"], unproven="refuse")
    assert server.get(f"/{YEALINK}.cfg").status == 404
    _admit(server, open_until=2_000_000_000)
    assert _secret(server.get(f"/{YEALINK}.cfg"))


def test_a_phone_can_have_a_policy_of_its_own(start: Callable[..., LiveServer]) -> None:
    server = start()
    phone = server.store(phones.anywhere, YEALINK)
    server.store(phones.update, phone.domain_id, phone.id, NOW, admission={"unproven": "refuse"})
    assert server.get(f"/{YEALINK}.cfg").status == 404
    assert server.get("/249ad8000111.cfg").status == 200


def test_who_guesses_macs_hears_404_for_known_ones_too_and_proven_phones_go_on(
    start: Callable[..., LiveServer],
) -> None:
    server = start(failures_per_minute=20)
    for number in range(25):
        assert server.get(f"/805ec0{number:06x}.cfg").status == 404
    assert server.get(f"/{YEALINK}.cfg").status == 404
    assert server.get(f"/p/{server.token}/{YEALINK}.cfg").status == 200


def _digest(challenge: str, user: str, password: str, path: str, algorithm: Any) -> str:
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def hashed(text: str) -> str:
        return str(algorithm(text.encode()).hexdigest())

    ha1 = hashed(f"{user}:{said['realm']}:{password}")
    response = hashed(f"{ha1}:{said['nonce']}:00000001:abc:auth:{hashed(f'GET:{path}')}")
    return (
        f'Digest username="{user}", realm="{said["realm"]}", nonce="{said["nonce"]}", uri="{path}", qop=auth, '
        f'nc=00000001, cnonce="abc", algorithm={said["algorithm"]}, response="{response}"'
    )


def _password(store: Store, phone: Any) -> str:
    return phones.digest_password(store, phone.domain_id, phone.id)


def test_with_http_digest_each_phone_has_its_own_password(start: Callable[..., LiveServer]) -> None:
    server = start(http_digest=True)
    path = f"/{YEALINK}.cfg"
    asked = server.get(path)
    assert asked.status == 401
    assert server.get("/805ec0999999.cfg").status == 401, "an unknown phone is asked in the same way"
    phone = server.store(phones.anywhere, YEALINK)
    password = server.store(_password, phone)
    challenge = asked.headers["www-authenticate"]
    assert "algorithm=MD5" in challenge
    right = _digest(challenge, YEALINK, password, path, hashlib.md5)
    got = server.get(path, headers={"Authorization": right})
    assert _secret(got)
    assert f"static.auto_provision.server.username = {YEALINK}" in got.text
    wrong = _digest(challenge, YEALINK, password + "x", path, hashlib.md5)
    assert server.get(path, headers={"Authorization": wrong}).status == 401
    assert server.get("/249ad8000111.cfg", headers={"Authorization": right}).status == 401
