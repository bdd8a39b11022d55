"""What every page has in common: who is signed in, what they may, errors as sentences, and the frame around it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlencode

from tornado.httputil import HTTPServerRequest, parse_body_arguments
from tornado.web import Application, RequestHandler, stream_request_body

from phone_manager import origin
from phone_manager.ask import Answer, ask
from phone_manager.rendering import segment
from phone_manager.site import Site
from phone_manager.views import rail, words
from provd.api import reads, scope
from provd.api.arriving import Arriving
from provd.api.gate import who_is
from provd.api.problems import Refused
from provd.api.scope import Who
from provd.errors import Forbidden, NotFound, ProvdError
from provd.serve.http import client_address
from provd.store import sessions
from provd.store.database import Store
from provd.store.rows import Domain
from provd.store.sessions import Session

log = logging.getLogger(__name__)

COOKIE, THEME, NOTICE = "provd_session", "provd_theme", "provd_notice"
LARGEST_FORM, LARGEST_UPLOAD = 1024 * 1024, 16 * 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@stream_request_body
class Page(RequestHandler):
    """One page. Subclasses write `show()` for GET and `act()` for POST; both get what the route names.

    `right`: the action of scope.py without which there is no page. A form's body is read only once the person is
    known, up to `largest` octets.
    """

    SUPPORTED_METHODS = ("GET", "HEAD", "POST")
    right: ClassVar[str] = "self.read"
    open: ClassVar[bool] = False  # needs no sign-in
    largest: ClassVar[int] = LARGEST_FORM

    def __init__(self, application: Application, request: HTTPServerRequest, **given: Any) -> None:
        self.session: Session | None = None
        self._who: Who | None = None
        self.domain: Domain | None = None
        self._chunks: list[bytes] = []
        self._size = 0
        super().__init__(application, request, **given)

    def initialize(self, site: Site) -> None:
        self.site = site
        self.services = site.services
        self.now = time.time()

    def set_default_headers(self) -> None:
        for name, value in (
            ("Server", "provd"), ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", POLICY),
            ("Referrer-Policy", "same-origin"), ("Cache-Control", "no-store"), ("X-Frame-Options", "DENY"),
        ):  # fmt: skip
            self.set_header(name, value)

    # -- who asks, and whether they may ------------------------------------------------------------------------------

    async def prepare(self) -> None:
        request = self.request
        self.address = client_address(request.remote_ip or "", request.headers, self.services.settings.trusted_proxies)
        try:
            if not origin.own(request.method or "", request.headers, request.host):
                raise Refused(403, "This form was sent from another site; open the page here and send it again.")
            await self.find_session()
            if self.session is None and not self.open:
                if request.method != "POST":
                    self.ask_to_sign_in()
                return
            if not self.open:
                await self.guard(**{name: unquote(value) for name, value in self.path_kwargs.items()})
        except ProvdError as error:
            self.refuse(error)

    async def find_session(self) -> None:
        """Sets `session` from the cookie."""
        token = self.get_cookie(COOKIE, "")
        if token:
            self.session, self._who = await self.services.store.run(_signed_in, token, int(self.now))

    async def guard(self, **path: str) -> None:
        """Refuse who may not see the page; find the company it is about."""
        if "domain" in path:
            self.domain = await self.services.store.run(find_domain, self.who, path["domain"])
        if not scope.reach(self.who, self.right):
            raise Forbidden("Your role does not include this page; ask your office manager if you need it.")

    @property
    def who(self) -> Who:
        """The person signed in, as the API knows callers. Looking at their own things only, they are a basic user."""
        assert self._who is not None, "prepare() has let the request in"
        return self._who

    async def fresh_who(self) -> Who:
        """The person signed in, with companies that they were given during this request."""
        assert self.session is not None, "prepare() has let the request in"
        self._who = await self.services.store.run(who_is, self.session.user)
        return self._who

    def may(self, action: str) -> bool:
        """Whether the person has this right over anything at all: what pages link, and what they leave out."""
        return bool(scope.reach(self.who, action))

    def may_for(self, action: str, extension: str) -> bool:
        """Whether to offer the person what this right allows over a user: a right over the own things is one over
        themselves. How far it reaches among others the API says."""
        found = scope.reach(self.who, action)
        mine = self.session is not None and self.session.user.extension == extension
        return bool(found) and (found != scope.OWN or mine)

    # -- the request ------------------------------------------------------------------------------------------------

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        self._size += len(chunk)
        if self._size <= (self.largest if self.session or self.open else LARGEST_FORM // 4):
            self._chunks.append(chunk)
        return None

    async def get(self, **path: str) -> None:
        await self._run(self.show, path)

    head = get

    async def post(self, **path: str) -> None:
        if self.session is None and not self.open:
            self._read_body()
            self.ask_to_sign_in()
            return
        await self._run(self.act, path, body=True)

    async def _run(self, work: Any, path: Mapping[str, str], *, body: bool = False) -> None:
        try:
            if body:
                self._read_body()
            await work(**path)
        except ProvdError as error:
            self.refuse(error)

    def _read_body(self) -> None:
        if self._size > self.largest:
            raise Refused(413, f"What you sent is larger than {self.largest // 1024} KB; send less at a time.")
        kind = self.request.headers.get("Content-Type", "")
        parse_body_arguments(kind, b"".join(self._chunks), self.request.body_arguments, self.request.files)
        self._chunks.clear()

    async def show(self, *_: Any, **path: Any) -> None:
        """Answer a GET."""
        raise Refused(405, "There is nothing to see at this address; go back and use the form.", Allow="POST")

    async def act(self, *_: Any, **path: Any) -> None:
        """Answer a POST."""
        raise Refused(405, "Nothing can be sent to this page.", Allow="GET")

    @property
    def sent(self) -> dict[str, list[str]]:
        """The fields of the form, as text."""
        return {
            name: [one.decode("utf-8", "replace") for one in values]
            for name, values in self.request.body_arguments.items()
        }

    def field(self, name: str, default: str = "") -> str:
        """One field of the form."""
        return self.sent.get(name, [default])[-1]

    def wanted(self, name: str, default: str = "") -> str:
        """One value of the address's query."""
        return self.get_query_argument(name, default, strip=True)[:2000]

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a piece of the page."""
        return "HX-Request" in self.request.headers and "HX-Boosted" not in self.request.headers

    # -- the API ----------------------------------------------------------------------------------------------------

    async def ask(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None, if_match: str = "",
        upload: Arriving | None = None, **values: Any,
    ) -> Answer:  # fmt: skip
        """What the API answers this person: `await self.ask("GET", "/phones/{mac}", mac=mac)`.

        The company of the page's address fills `{domain}`.
        """
        if self.domain is not None:
            values.setdefault("domain", self.domain.name)
        answer = await ask(
            self.services, self.who, method, path, values=values, query=query, body=body, if_match=if_match,
            address=self.address, upload=upload,
        )  # fmt: skip
        await asyncio.sleep(0)  # between the questions of one page, phones and calls get their turn
        return answer

    # -- the answer -------------------------------------------------------------------------------------------------

    def url(self, *parts: object, **query: object) -> str:
        """An address of the page's company: `url("phones", mac, state="refused")`."""
        start = f"/c/{segment(self.domain.name)}/" if self.domain else "/"
        asked = urlencode({name: value for name, value in query.items() if value not in (None, "")})
        return start + "/".join(segment(part) for part in parts) + (f"?{asked}" if asked else "")

    def page(self, template: str, *, status: int = 200, **context: Any) -> None:
        """Answer with `templates/<template>`."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.site.pages.get_template(template).render(self.frame() | context))

    def frame(self) -> dict[str, Any]:
        """What every template knows."""
        zone = self.zone()
        return {
            "me": self.session.user if self.session else None,
            "own_view": self.session.own if self.session else False,
            "domain": self.domain,
            "rail": rail.entries(self.who, company=self.domain is not None) if self.session else [],
            "url": self.url,
            "may": self.may,
            "path": self.request.path,
            "theme": self.get_cookie(THEME, "auto"),
            "notice": self._notice(),
            "now": self.now,
            "ago": lambda at: words.moment(at, self.now, zone),
            "when": lambda at: words.when(at, zone),
            "model_name": self.model_name,
            "errors": {},
        }

    def model_name(self, model: str) -> str:
        """A model as people call it: `Yealink T46U`; its id when the catalogue has lost it."""
        found = self.services.catalogue.models.get(model)
        return f"{found.vendor} {found.name}" if found else model

    def zone(self) -> str:
        """The time zone in which this person reads times."""
        own = self.session.user.time_zone if self.session else ""
        return own or (self.domain.time_zone if self.domain else "") or "UTC"

    def go(self, address: str, notice: str = "", *, undo: str = "") -> None:
        """Send the browser on, to see `notice` there; `undo`: an address that takes it back when posted to."""
        if notice:
            told = json.dumps({"text": notice[:600], "undo": undo})
            self.set_cookie(NOTICE, quote(told), httponly=True, samesite="Lax", max_age=60)
        if "HX-Request" in self.request.headers:
            self.set_header("HX-Redirect", address)
            self.set_status(204)
        else:
            self.set_header("Location", address)
            self.set_status(303)
        self.finish()

    def _notice(self) -> dict[str, str] | None:
        told = self.get_cookie(NOTICE, "")
        if not told or self.partial:
            return None
        self.clear_cookie(NOTICE)
        try:
            found = json.loads(unquote(told))
            return {"text": str(found["text"])[:600], "undo": origin.local(str(found["undo"])) if found["undo"] else ""}
        except (ValueError, KeyError, TypeError):
            return None

    def ask_to_sign_in(self) -> None:
        """To the sign-in page and back; what a form had sent is carried along."""
        address = self.request.uri or "/"
        if self.request.method == "POST":
            carried = [(name, one) for name, values in self.sent.items() for one in values]
            self.page("pages/sign_in.html", status=401, next=address, login="", carried=carried)
        elif self.partial:
            self.set_status(401)  # pages.js keeps the page, with everything typed, and offers to sign in
            self.finish()
        else:
            self.set_header("Location", "/sign-in?" + urlencode({"next": address}))
            self.set_status(303)
            self.finish()

    def refuse(self, error: ProvdError) -> None:
        """A page, or a piece for htmx, that says in one sentence what is wrong."""
        for name, value in getattr(error, "headers", {}).items():
            self.set_header(name, value)
        template = "parts/refused.html" if self.partial else "pages/refused.html"
        self.page(template, status=error.status, sentence=str(error), title=_title(error.status))

    def write_error(self, status_code: int, **_: Any) -> None:
        sentence = {
            404: "There is no page at this address.",
            405: "This page cannot be used like that.",
            400: "The request cannot be read; go back and try again.",
        }.get(status_code, "Something went wrong on the server; its log says what.")
        self.refuse(Refused(status_code, sentence))

    def check_xsrf_cookie(self) -> None:
        """origin.py does this."""

    def compute_etag(self) -> None:
        """Pages are not kept."""


class Nowhere(Page):
    """Every address that has no page."""

    open = True

    async def prepare(self) -> None:
        self.address = ""
        await self.find_session()
        if self.session is None and self.request.method != "POST":
            self.ask_to_sign_in()
            return
        with suppress(ProvdError):  # the rail stays that of the company
            parts = self.request.path.split("/")
            if self.session is not None and parts[1] == "c" and len(parts) > 2:
                await self.guard(domain=unquote(parts[2]))
        self.send_error(404)


def _title(status: int) -> str:
    titles = {403: "Not for your role", 404: "Not here", 409: "Changed in the meantime", 412: "Changed in the meantime"}
    return titles.get(status, "That did not work")


def _signed_in(store: Store, token: str, now: int) -> tuple[Session | None, Who | None]:
    found = sessions.find(store, token, now)
    if found is None or found.waits:
        return None, None
    sessions.touch(store, found, now)
    return found, who_is(store, found.user, scope="basic_user" if found.own else "")


def find_domain(store: Store, who: Who, name: str) -> Domain:
    """The company of this name; NotFound when it is not there for `who`."""
    found = reads.domain_named(store, name)
    if found is None or not scope.sees(who, found.id):
        raise NotFound(f"There is no company {name[:60]}.")
    return found
