"""An address for every route of the pages, and who may see it: what tests and benches of all pages go through.

`{token}`, `{job}` and `{knock}` are filled by furnished.furnish(), which makes what the demo company has not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phone_manager.routes import AREAS
from provd import demo
from provd.api import gate
from provd.api.scope import EVERYWHERE, OWN, Place, Who, may, reach
from provd.store import domains, sites, users
from provd.store.database import Store
from tests.live import YEALINK, LiveServer

ACME = "/c/acme.example"
STRANGER, FIRMWARE = "805ec0000a77", "108.86.0.90"
ADAS, DONALDS = f"{ACME}/phones/{YEALINK}", f"{ACME}/phones/000b82000107"
FOUND = "/c/[^/]+"  # how every company page's route begins
ROLES = {
    "admin": "provider", "101": "office manager", "106": "site manager", "102": "supervisor", "103": "agent",
    "107": "basic user",
}  # fmt: skip
LOGINS = tuple(ROLES)


@dataclass(frozen=True, slots=True)
class Example:
    """`kind`: page, part (a fragment), file, stream, form (answers POST only, or leads on). `right` None: the page's
    own. `site` and `people`: what it is about; both empty: nothing narrower than the company. `whole`: the right has
    to reach over all of the company; `many`: over others than oneself; `server`: over the server. `leads`:
    who has it over the own things only is led to these."""

    path: str
    kind: str = "page"
    right: str | None = None
    site: str = ""
    people: tuple[str, ...] = ()
    whole: bool = False
    many: bool = False
    server: bool = False
    leads: bool = False


def _of(path: str, **more: Any) -> Example:
    """About Ada's phone or profile: in Dallas, hers and of Zoë, who shares it."""
    return Example(path, site="Dallas", people=("101", "110") if "/phones/" in path else ("101",), **more)


def _keys(address: str, read: str, write: str, **more: Any) -> list[Example]:
    below = (
        ("", "page", read), ("/3", "page", read), ("/directory", "page", write), ("/settings", "page", write),
        ("/history", "page", read), ("/new-template", "page", "templates.write"), ("/live", "stream", read),
        ("/preview", "page", "phones.keys" if read == "phones.read" else write),
        ("/targets?kind=blf&target=a", "part", read),
    )  # fmt: skip
    return [Example(f"{address}/keys{end}", kind, right, **more) for end, kind, right in below]


def _box(end: str, kind: str) -> Example:
    return Example(f"{ACME}/voicemail/107{end.rstrip('/')}", kind, site="Dallas", people=("107",))


BOX = {
    "": "page", "greetings": "page", "settings": "page", "messages/1/audio": "file", "greetings/1/audio": "file",
    "name/audio": "file", "greetings/call/none": "form", "greetings/preview": "form",
}  # fmt: skip
RULES = (("", "read"), ("/default", "read"), ("/new", "write"))
EXAMPLES: tuple[Example, ...] = (
    Example("/", "form"), Example("/sign-in", "form"), Example("/sign-in/code", "form"), Example("/sign-out", "form"),
    Example("/forgotten/login"), Example("/forgotten/password"), Example("/reset/{token}"), Example("/theme", "form"),
    Example("/me"), Example("/me/password", "form"), Example("/me/pin", "form"), Example("/me/browsers", "form"),
    Example("/me/second-factor"), Example("/me/view", "form"),
    Example(f"{ACME}/"), Example(f"{ACME}/live", "stream"),
    Example("/palette?domain=acme.example&q=ada", "part"), Example("/companies"),
    Example("/companies/new"), Example("/companies/acme.example/needs", "part"),
    Example(f"{ACME}/users"), Example(f"{ACME}/users/add"),
    Example(f"{ACME}/users/selected?do=edit&users=108", right="users.write", many=True),
    _of(f"{ACME}/users/101"), _of(f"{ACME}/users/101/devices"), _of(f"{ACME}/users/101/recycle"),
    _of(f"{ACME}/users/101/second-factor", kind="form"), Example(f"{ACME}/sites"),
    Example(f"{ACME}/sites/1", site="Dallas"), Example(f"{ACME}/activity"),
    Example(f"{ACME}/phones"), Example(f"{ACME}/phones?search=ada&state=never", "part"),
    Example(f"{ACME}/phones/live", "stream"), Example(f"{ACME}/phones/open?what=101", "form"),
    _of(f"{ACME}/phones/selected?do=delete&macs={YEALINK}"), Example(f"{ACME}/phones/add"),
    Example(f"{ACME}/phones/add/model?model=yealink-t46u", "part"), Example(f"{ACME}/phones/add/many"),
    Example(f"{ACME}/phones/add/sheet", whole=True), Example(f"{ACME}/phones/export", "file", whole=True),
    Example(f"{ACME}/phones/devices?search=1", "part"), _of(f"{ADAS}/edit"), _of(f"{ADAS}/swap"),
    _of(ADAS), _of(f"{ADAS}/live", kind="stream"), _of(f"{ADAS}/timeline?days=7"), _of(f"{ADAS}/trace"),
    _of(f"{ADAS}/trace/live", kind="stream"), _of(f"{ADAS}/files"), _of(f"{ADAS}/history"),
    _of(f"{ADAS}/history/1"),
    Example(f"{ACME}/registrations"), Example(f"{ACME}/registrations/live", "stream"),
    Example(f"{ACME}/firmware"), Example(f"{ACME}/firmware/rollout?model=yealink-t46u&version={FIRMWARE}"),
    Example("/knocking"), Example("/knocking/{knock}/adopt"), Example("/models"), Example("/models/yealink-t46u"),
    *_keys(ADAS, "phones.read", "phones.write", site="Dallas", people=("101", "110")),
    *_keys(f"{ACME}/templates/1", "templates.read", "templates.write"),
    Example(f"{ACME}/templates"), Example(f"{ACME}/templates/new"), Example(f"{ACME}/templates/1"),
    Example(f"{ACME}/templates/1/copy"), Example(f"{ACME}/templates/1/apply"),
    Example(f"{ACME}/apply?macs={YEALINK}", site="Dallas"), Example(f"{ACME}/jobs"),
    Example(f"{ACME}/jobs/{{job}}", whole=True),
    Example(f"{ACME}/jobs/{{job}}/live", "stream", whole=True),
    Example(f"{ACME}/numbers"), Example(f"{ACME}/numbers/export", "file"), Example(f"{ACME}/numbers/new"),
    Example(f"{ACME}/numbers/import"),
    Example(f"{ACME}/numbers/+12145550142", site="Dallas"), Example(f"{ACME}/timeframes"),
    Example(f"{ACME}/timeframes/new", right="timeframes.write"), Example(f"{ACME}/timeframes/1"),
    Example(f"{ACME}/users/107/timeframes", right="timeframes.owned", site="Dallas", people=("107",)),
    Example(f"{ACME}/users/107/timeframes/new", right="timeframes.own", site="Dallas", people=("107",)),
    Example(f"{ACME}/users/107/timeframes/5", right="timeframes.owned", site="Dallas", people=("107",)),
    *(_box(f"/{end}", kind) for end, kind in BOX.items()), Example(f"{ACME}/voicemail", "form"),
    Example(f"{ACME}/music", leads=True), Example(f"{ACME}/music/company"),
    Example(f"{ACME}/music/company/tracks/1/audio", "file"), Example(f"{ACME}/music/standard/1/audio", "file"),
    Example(f"{ACME}/music/company/call/none", "form"),
    *(
        Example(f"{ACME}/music/107{end}", kind, site="Dallas", people=("107",))
        for end, kind in (("", "page"), ("/tracks/2/audio", "file"), ("/call/none", "form"))
    ),
    Example(f"{ACME}/history"), Example(f"{ACME}/history/export", "file"),
    Example(f"{ACME}/history/1", people=("107",)), Example(f"{ACME}/history/1/block", people=("107",)),
    Example(f"{ACME}/history/1/unblock", "form", people=("107",)),
    Example(f"{ACME}/history/exports"), Example(f"{ACME}/history/exports/new"), Example(f"{ACME}/history/exports/1"),
    Example(f"{ACME}/history/exports/files/1", "file"), Example(f"{ACME}/history/archives"),
    Example(f"{ACME}/history/archives/1", "file"),
    Example("/trunks"), Example("/trunks/new"), Example("/trunks/2"),
    Example(f"{ACME}/trunks"), Example(f"{ACME}/trunks/new"), Example(f"{ACME}/trunks/1"),
    Example(f"{ACME}/rules", leads=True),
    *(_of(f"{ACME}/users/101/rules{end}", right=f"answerrules.{right}") for end, right in RULES),
    Example(f"{ACME}/users/101/rules/undo", "form", "answerrules.write", "Dallas", ("101",)),
    Example(f"{ACME}/blocked"), Example(f"{ACME}/blocked/again/+12145550177", "form"),
    Example(f"{ACME}/blocked/template", "file"), Example(f"{ACME}/codes"), Example(f"{ACME}/try"),
    Example(f"{ACME}/timeframes/1/toggle", "form"), Example(f"{ACME}/settings"),
    Example(f"{ACME}/settings/provisioning"), Example(f"{ACME}/settings/phones"),
    Example(f"{ACME}/settings/phones/server", right="server.read", server=True),
    Example(f"{ACME}/settings/phones/model/yealink-t46u", right="server.read", server=True),
    Example(f"{ACME}/settings/keys"), Example(f"{ACME}/settings/sentences?sentence=hold"),
    Example(f"{ACME}/settings/sentences/hold/audio", "file"),
)  # fmt: skip


def routes() -> list[tuple[re.Pattern[str], Any]]:
    """Every address that the pages answer, as the server goes through them."""
    return [(re.compile(pattern), handler) for area in AREAS for pattern, handler in area.ROUTES]


def handler_of(path: str) -> tuple[re.Pattern[str], Any]:
    """The route that answers this address."""
    bare = path.partition("?")[0]
    return next(
        ((pattern, handler) for pattern, handler in routes() if pattern.fullmatch(bare)), (re.compile(""), None)
    )


def may_see(store: Store, who: Who, example: Example) -> bool:
    """What the table of rights says."""
    _, handler = handler_of(example.path.replace("{knock}", STRANGER).replace("{job}", "1").replace("{token}", "x"))
    if handler.open:
        return True
    right = example.right or handler.right
    if not reach(who, handler.right) or not example.path.startswith(ACME):
        return bool(reach(who, handler.right))
    if example.server:
        return reach(who, right) == EVERYWHERE
    if example.whole and reach(who, right) not in (EVERYWHERE, "company"):
        return False
    if example.many and reach(who, right) == OWN:
        return False
    if not example.site and not example.people:
        return bool(reach(who, right))
    company = domains.by_name(store, demo.DOMAIN).id
    place = next((site.id for site in sites.find(store, company) if site.name == example.site), None)
    owners = frozenset(users.by_extension(store, company, one).id for one in example.people)
    return may(who, right, Place(company, place, owners))


def who_of(server: LiveServer, login: str) -> Who:
    """The caller that this person is."""
    name = f"{login}@acme.example" if login.isdecimal() else login
    found = server.store(users.by_login, name)
    who: Who = server.store(gate.who_is, found)
    return who


def filled(path: str, values: Mapping[str, str]) -> str:
    """An example's address on this server."""
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def pages() -> Iterator[Example]:
    """Those that are whole pages."""
    return (example for example in EXAMPLES if example.kind == "page")
