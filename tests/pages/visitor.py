"""A person with a browser, without the browser: a session cookie, forms, and the pages' words."""

from __future__ import annotations

import html
import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.live import LiveServer

Fields = Mapping[str, str | Sequence[str]]


@dataclass
class Seen:
    """An answer as a person sees it."""

    status: int
    headers: Mapping[str, str]
    html: str = field(repr=False)

    @property
    def text(self) -> str:
        """The words of the page, without markup."""
        bare = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", self.html)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())

    @property
    def location(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("location", "") or self.headers.get("hx-redirect", "")


class Visitor:
    """Keeps cookies between requests."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}

    def sign_in(self, login: str, password: str = "demo") -> Visitor:
        """As a user of the demo company (`101`), or by the whole login name."""
        name = login if "@" in login or not login.isdecimal() else f"{login}@acme.example"
        seen = self.post("/sign-in", {"login": name, "password": password})
        assert seen.status == 303, seen.text
        return self

    def get(self, path: str, **headers: str) -> Seen:
        """A page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Fields, **headers: str) -> Seen:
        """A form."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask("POST", path, urlencode(fields, doseq=True), sent | named)

    def follow(self, path: str, fields: Fields) -> Seen:
        """A form, and the page it leads to."""
        seen = self.post(path, fields)
        return self.get(seen.location) if seen.status == 303 else seen

    def upload(self, path: str, fields: Mapping[str, str], name: str, file: str, content: bytes) -> Seen:
        """A form with a file."""
        mark = "x5f2c9a"
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        kind = f"multipart/form-data; boundary={mark}"
        return self._ask("POST", path, body, {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})

    def _ask(self, method: str, path: str, body: str | bytes | None, headers: Mapping[str, str]) -> Seen:
        parts = urlsplit(path)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.services.addresses.http, timeout=20)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, target, body, {"Cookie": cookies, **named} if cookies else dict(named))
            answer = connection.getresponse()
            for one in answer.headers.get_all("Set-Cookie") or ():
                for name, morsel in SimpleCookie(one).items():
                    self.cookies.pop(name, None)
                    if morsel.value:
                        self.cookies[name] = morsel.value
            content = answer.read().decode("utf-8", "replace")
            return Seen(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
        finally:
            connection.close()
