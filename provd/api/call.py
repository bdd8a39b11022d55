"""One call of the API: who asks for what, and the things that its path names, looked up and guarded."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from provd.api import reads, scope
from provd.api.arriving import Arriving
from provd.api.endpoint import Endpoint
from provd.api.scope import Place, Who
from provd.errors import Forbidden, Invalid, NotFound, Problem
from provd.phone.directory import CompanyDirectory
from provd.phone.mac import parse_mac
from provd.phone.model import Model
from provd.store import audit, domains, phones, sites, templates, users
from provd.store.database import Store
from provd.store.rows import Domain, Phone, PhoneEvent, Site, Template, User

T = TypeVar("T")


@dataclass
class Call:
    """`domain`, `site`, `user`, `phone`, `template` are those that the path (or ?domain=) names; find() looks them up.
    `directory` is the company's, for endpoints about what a phone gets. `after` runs on the loop once all is saved."""

    services: Any
    endpoint: Endpoint
    who: Who
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    clock: float
    if_match: str = ""
    address: str = ""
    last_event_id: str = ""
    domain: Domain | None = None
    site: Site | None = None
    user: User | None = None
    phone: Phone | None = None
    template: Template | None = None
    directory: CompanyDirectory | None = None
    upload: Arriving | None = None
    """The audio, where it did not come in `body`."""
    etag: str = ""
    location: str = ""
    after: list[Callable[[], None]] = field(default_factory=list)

    @property
    def now(self) -> int:
        """Epoch seconds."""
        return int(self.clock)

    @property
    def domain_id(self) -> int:
        """The id of the company that the call is about."""
        if self.domain is None:
            raise Invalid([Problem("domain", "Say which company is meant: ?domain=acme.example.")])
        return self.domain.id

    @property
    def the_phone(self) -> Phone:
        """The phone that the path names."""
        assert self.phone is not None, "the path names a phone"
        return self.phone

    @property
    def the_user(self) -> User:
        """The user that the path names."""
        assert self.user is not None, "the path names a user"
        return self.user

    @property
    def the_template(self) -> Template:
        """The template that the path names."""
        assert self.template is not None, "the path names a template"
        return self.template

    @property
    def reach(self) -> str:
        """How far the caller's right reaches."""
        return scope.reach(self.who, self.endpoint.action)

    def find(self, store: Store) -> None:
        """Look up what the path names and refuse what the caller may not; 404 comes before 403."""
        self._find_domain(store)
        if "mac" in self.path:
            self._find_phone(store)
        if "site" in self.path:
            self.site = sites.get(store, self.domain_id, self.id("site"))
        if "user" in self.path:
            self._find_user(store)
        if "template" in self.path:
            self.template = templates.get(store, self.domain_id, self.id("template"))
        if "job" in self.path and not scope.sees(self.who, reads.job_domain(store, self.id("job"))):
            raise NotFound("There is no such job here.")
        self.require(self.endpoint.action, self.place(store), narrow=self.endpoint.narrow)

    def place(self, store: Store) -> Place:
        """Where the things are that the path names."""
        domain_id = self.domain.id if self.domain else None
        if self.phone is not None:
            return Place(self.phone.domain_id, self.phone.site_id, reads.people_of(store, self.phone.id))
        if self.user is not None:
            return Place(domain_id, self.user.site_id, frozenset({self.user.id}))
        return Place(domain_id, self.site.id if self.site else None)

    def require(self, action: str, place: Place, *, narrow: bool = False) -> None:
        """Raises Forbidden unless the caller may do `action` there."""
        bounded = self.who.domain_ids is not None
        if narrow and not bounded and place.domain_id in (self.who.domain_id, None) and scope.reach(self.who, action):
            return
        if not scope.may(self.who, action, place):
            raise Forbidden(f"A key with the scope {self.who.scope} may not do this here.")

    def may(self, store: Store, action: str) -> bool:
        """Whether the caller may do `action` to what the path names."""
        return scope.may(self.who, action, self.place(store))

    def shows_secrets(self, store: Store) -> bool:
        """Whether secrets go into the answer: asked for, and allowed; raises Forbidden when asked and not allowed."""
        if not self.query.get("secrets"):
            return False
        self.require("secrets.read", self.place(store))
        return True

    def _find_domain(self, store: Store) -> None:
        name = self.path.get("domain") or self.query.get("domain") or ""
        if name == "~" or (not name and self.who.domain_id is not None):
            if self.who.domain_id is None:
                raise NotFound("This key belongs to no company; write the company's name in place of ~.")
            self.domain = domains.get(store, self.who.domain_id)
        elif name:
            found = reads.domain_named(store, name)
            if found is None or not scope.sees(self.who, found.id):
                raise NotFound(f"There is no company {name[:60]}.")
            self.domain = found

    def _find_phone(self, store: Store) -> None:
        mac = mac_in(self.path["mac"])
        found = phones.anywhere(store, mac)
        if found is None or not scope.sees(self.who, found.domain_id):
            raise NotFound(f"There is no phone {mac}.")
        self.phone = found
        self.domain = domains.get(store, found.domain_id)

    def _find_user(self, store: Store) -> None:
        extension = self.path["user"]
        if extension == "~" and self.who.user_id is not None:
            self.user = users.get(store, self.domain_id, self.who.user_id)
        else:
            self.user = users.by_extension(store, self.domain_id, extension[:40])

    def id(self, name: str) -> int:
        """A row's id from the path; NotFound for what can be none."""
        given = self.path[name]
        if not given.isascii() or not given.isdecimal() or len(given) > 9:
            raise NotFound(f"There is no {name} {given[:40]}.")
        return int(given)

    def model(self, name: str) -> Model:
        """A model of the catalogue; raises Invalid for one that is not there."""
        found = self.services.catalogue.models.get(name)
        if found is None:
            raise Invalid([Problem("model", f"There is no model {name[:64]}; GET /api/v2/models lists them.")])
        return found  # type: ignore[no-any-return]

    def audit(
        self, store: Store, action: str, noun: str, ref: object, changed: Mapping[str, Any] | None = None
    ) -> None:
        """Note who changed what; part of the change's transaction."""
        domain_id = self.domain.id if self.domain else None
        audit.record(
            store, self.now, who=self.who.name, domain_id=domain_id, action=action, noun=noun, ref=str(ref),
            changed=changed,
        )  # fmt: skip

    def changed_phone(self, phone: Phone, reason: str) -> None:
        """Note on the phone's own trail that its configuration has changed, once that is saved."""
        event = PhoneEvent(
            mac=phone.mac, at=self.clock, kind="config_changed", phone_id=phone.id, domain_id=phone.domain_id,
            address=self.address, protocol="api", reason=f"{self.who.name}: {reason}",
        )  # fmt: skip
        self.after.append(lambda: self.services.recorder.add(event))


def mac_in(text: str) -> str:
    """A MAC in any notation; raises Invalid with a sentence."""
    try:
        return parse_mac(text)
    except ValueError as error:
        raise Invalid([Problem("mac", str(error))]) from None


def plain(row: Any, *without: str) -> dict[str, Any]:
    """A row of the store as JSON, but for `without`."""
    return {item.name: getattr(row, item.name) for item in dataclasses.fields(row) if item.name not in without}


def cut(rows: Sequence[T], query: Mapping[str, Any], name: Callable[[T], str]) -> dict[str, Any]:
    """A page of a list that the store hands out whole: the cursor is how many came before."""
    cursor, limit = query.get("cursor", ""), query.get("limit", 100)
    start = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 10 else 0
    words = query.get("search", "").casefold().split()
    kept = [row for row in rows if all(word in name(row).casefold() for word in words)]
    left = start + limit < len(kept)
    return {"items": kept[start : start + limit], "next": str(start + limit) if left else None}


def old_and_new(before: Any, after: Any, fields: Iterable[str]) -> dict[str, Any]:
    """{field: [old, new]} of those `fields` that a change made different."""
    names = list(fields)
    return audit.difference({name: getattr(before, name) for name in names}, {n: getattr(after, n) for n in names})
