"""JOURNEY 1, on one screen: identify → admit → find phone → merge → render → record → bytes.

Rules of this file: a request either is answered from memory, without a read or a write, or reads one snapshot and
renders. What is unknown and what is forbidden get the same 404 in the same way. Every answer about a known phone
becomes an event; a stranger only moves counters and a bounded list.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from provd.admission import BLANK, FULL, REFUSED
from provd.configure import Configurator
from provd.events import Recorder
from provd.exchange import Answer, PhoneRequest
from provd.fleet import Fleet, Known
from provd.identify import Identity, Recogniser, identify
from provd.phone.directory import search
from provd.phone.model import FileRule
from provd.phone.restart import restart_settings
from provd.proof import Doorkeeper
from provd.render import RenderError, render_common, render_file
from provd.rendered import Rendered, RenderedFiles
from provd.store.rows import Knock, PhoneEvent, PhoneSnapshot, Token

NOT_FOUND = Answer(404, b"Not found\n", content_type="text/plain")
LATER = Answer(503, b"Try again later\n", content_type="text/plain")


@dataclass(slots=True)
class Asked:
    """A request on its way: what it is, who asks, since when, and the rows that were read for it. `config`: it asks
    for a file with the phone's own settings; `full`: it may have the secrets in it."""

    request: PhoneRequest
    identity: Identity
    started: float
    taken: PhoneSnapshot | None = None
    config: bool = False
    full: bool = False
    restart: str | None = None


class Provisioning:
    """Answers phones. One instance serves HTTP, HTTPS and TFTP of one process."""

    def __init__(
        self,
        fleet: Fleet,
        doorkeeper: Doorkeeper,
        configurator: Configurator,
        recorder: Recorder,
        recogniser: Recogniser,
        *,
        cache_bytes: int,
        http_digest: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fleet = fleet
        self._doorkeeper = doorkeeper
        self._configurator = configurator
        self._catalogue = configurator.catalogue
        self._recorder = recorder
        self._http_digest = http_digest
        self._clock = clock
        self._recogniser = recogniser
        self.files = RenderedFiles(cache_bytes)

    def answer(self, request: PhoneRequest) -> Answer | Awaitable[Answer]:
        """The answer to a phone: at once from memory where that is possible, else after a read and a render."""
        started = time.perf_counter()
        if self._fleet.stale():
            return self._after_catching_up(request, started)
        return self._decide(request, started)

    async def _after_catching_up(self, request: PhoneRequest, started: float) -> Answer:
        await self._fleet.catch_up()
        return await _settled(self._decide(request, started))

    def _decide(self, request: PhoneRequest, started: float) -> Answer | Awaitable[Answer]:
        if request.path.startswith("firmware/"):  # over TFTP; HTTP has a handler that knows ranges
            image = self._configurator.firmware.get(request.path.removeprefix("firmware/"))
            return Answer(200, stored=image.path) if image else NOT_FOUND
        identity = identify(request, self._recogniser)
        if identity is None:
            return NOT_FOUND
        asked = Asked(request, identity, started)
        candidates = self._recogniser.candidates(identity.pattern)
        model_id, rule = next(iter(candidates.items()), ("", None))
        if rule is not None and rule.role == "common":
            return self._common(asked, rule, model_id)
        if not candidates or not identity.mac or identity.mac not in self._fleet:
            return self._stranger(asked, named=bool(candidates))
        known = self._fleet.get(identity.mac)
        return self._known(asked, known) if known is not None else self._learn(asked)

    async def _learn(self, asked: Asked) -> Answer:
        phone_id = self._fleet.phone_id(asked.identity.mac)
        if phone_id is None:
            return self._stranger(asked, named=True)
        asked.taken = await self._configurator.snapshot(phone_id)
        return await _settled(self._known(asked, self._fleet.learn(asked.taken)))

    def _known(self, asked: Asked, known: Known) -> Answer | Awaitable[Answer]:
        rule = self._rule(asked.identity, known)
        if rule is None or rule.role in ("absent", "upload"):
            return self._missing(asked, known, rule)
        asked.config = rule.role == "config"
        fresh = self._doorkeeper.unused_token(asked.identity, known)
        if fresh is not None:
            return self._use_token(asked, known, fresh)
        verdict = self._doorkeeper.verdict(asked.request, asked.identity, known)
        asked.full = verdict.outcome == FULL
        if verdict.outcome != FULL and self._challenges(asked):
            return self._doorkeeper.challenge(asked.request)
        if verdict.outcome == REFUSED or (rule.role == "directory" and verdict.outcome == BLANK):
            self._doorkeeper.failed(asked.request, "")
            self._event(asked, known, "refused", 404, verdict.reason)
            return NOT_FOUND
        if rule.role == "directory" and asked.request.query:
            return self._search(asked, known, rule)
        key = (known.mac, asked.identity.pattern, verdict.outcome)
        held = asked.request.if_none_match
        if held and self.files.is_unchanged(key, known.revision, held):
            self._event(asked, known, "unchanged", 304, verdict.reason)
            return Answer(304, etag=held)
        found = self.files.get(key, known.revision)
        if found is None:
            return self._render(asked, known, rule, full=verdict.outcome == FULL, reason=verdict.reason)
        return self._hand_out(asked, known, found, verdict.reason)

    async def _use_token(self, asked: Asked, known: Known, token: Token) -> Answer:
        await self._doorkeeper.use(token)
        return await _settled(self._known(asked, known))

    async def _render(self, asked: Asked, known: Known, rule: FileRule, *, full: bool, reason: str) -> Answer:
        taken = asked.taken or await self._configurator.snapshot(known.phone_id)
        config = await self._configurator.config(taken, full=full)
        known = self._fleet.learn(taken)
        asked.restart = restart_settings(config.values) if asked.config and full else None
        model = self._catalogue.models[known.model]
        try:
            body = render_file(rule, config, model, self._catalogue.family_of(known.model))
        except RenderError as error:
            self._event(asked, known, "failed", 503, str(error))
            return LATER
        made = Rendered(known.revision, body, rule.content_type)
        self.files.put((known.mac, asked.identity.pattern, FULL if full else BLANK), made)
        return self._hand_out(asked, known, made, reason)

    async def _search(self, asked: Asked, known: Known, rule: FileRule) -> Answer:
        query = asked.request.query
        config = await self._configurator.config(await self._configurator.snapshot(known.phone_id))
        term, page = query.get("term", "")[:64], query.get("page", "")[:3]
        number = int(page) if page.isdecimal() and int(page) else 1
        model = self._catalogue.models[known.model]
        contacts = search(config.contacts, term)
        body = render_file(
            rule, config, model, self._catalogue.family_of(known.model), contacts=contacts, term=term, page=number
        )
        return self._hand_out(asked, known, Rendered(known.revision, body, rule.content_type), "It searched.")

    async def upload(self, request: PhoneRequest, size: int) -> tuple[str, str] | None:
        """The (MAC, file pattern) that a phone may store `size` bytes under; None when it may not."""
        if self._fleet.stale():
            await self._fleet.catch_up()
        identity = identify(request, self._recogniser)
        phone_id = self._fleet.phone_id(identity.mac) if identity else None
        if identity is None or phone_id is None:
            return None
        known = self._fleet.get(identity.mac) or self._fleet.learn(await self._configurator.snapshot(phone_id))
        rule = self._rule(identity, known)
        verdict = self._doorkeeper.verdict(request, identity, known)
        if rule is None or rule.role != "upload" or verdict.outcome != FULL:
            return None
        self._event(Asked(request, identity, time.perf_counter()), known, "uploaded", 201, f"{size} bytes.")
        return known.mac, rule.name

    def _common(self, asked: Asked, rule: FileRule, model_id: str) -> Answer:
        token = asked.identity.token
        if token and not self._doorkeeper.token_is_known(token):
            return self._stranger(asked, named=True)
        key = (f"{asked.request.protocol}:{token}", asked.identity.pattern, "common")
        found = self.files.get(key, "common")
        if found is None:
            base = self._configurator.addresses.base(asked.request.protocol, token)
            body = render_common(rule, self._catalogue.models[model_id], self._catalogue.family_of(model_id), base)
            found = Rendered("common", body, rule.content_type)
            self.files.put(key, found)
        known = self._fleet.get(asked.identity.mac) if asked.identity.mac else None
        if known is not None:
            return self._hand_out(asked, known, found, "It is the same for every phone of this model.")
        return found.answer(304 if found.etag in asked.request.if_none_match else 200)

    def _stranger(self, asked: Asked, *, named: bool) -> Answer:
        identity, request = asked.identity, asked.request
        self._doorkeeper.failed(request, identity.mac)
        if identity.mac:
            now = int(self._clock())
            family = self._catalogue.families.get(identity.agent.family)
            self._recorder.knock(
                Knock(
                    mac=identity.mac,
                    first_seen=now,
                    last_seen=now,
                    count=1,
                    address=request.address,
                    user_agent=request.user_agent[:200],
                    vendor=family.vendor if family else self._recogniser.vendor_of(identity.mac),
                    model=identity.agent.model,
                    reason="No phone with this MAC is set up." if named else "No phone asks for a file of this name.",
                )
            )
        return self._doorkeeper.challenge(request) if named and self._challenges(asked) else NOT_FOUND

    def _missing(self, asked: Asked, known: Known, rule: FileRule | None) -> Answer:
        if rule is None:
            model = self._catalogue.models[known.model]
            says = self._catalogue.models.get(asked.identity.agent.model)
            claim = f", and it says it is a {says.vendor} {says.name}" if says and says.id != model.id else ""
            reason = f"A {model.vendor} {model.name} has no such file{claim}."
            self._event(asked, known, "not_found", 404, reason)
        return NOT_FOUND

    def _rule(self, identity: Identity, known: Known) -> FileRule | None:
        return self._recogniser.candidates(identity.pattern).get(known.model)

    def _challenges(self, asked: Asked) -> bool:
        has_mac = asked.identity.pattern != asked.identity.name
        return self._http_digest and has_mac and asked.request.protocol != "tftp"

    def _hand_out(self, asked: Asked, known: Known, found: Rendered, reason: str) -> Answer:
        unchanged = bool(asked.request.if_none_match) and found.etag in asked.request.if_none_match
        kind, status = ("unchanged", 304) if unchanged else ("fetched", 200)
        self._event(asked, known, kind, status, reason)
        return found.answer(status)

    def _event(self, asked: Asked, known: Known, kind: str, status: int, reason: str) -> None:
        request, identity = asked.request, asked.identity
        served = kind in ("fetched", "unchanged")
        self._recorder.add(
            PhoneEvent(
                mac=known.mac,
                at=self._clock(),
                kind=kind,
                phone_id=known.phone_id,
                domain_id=known.domain_id,
                address=request.address,
                protocol=request.protocol,
                file=identity.name,
                firmware=identity.agent.firmware,
                user_agent=request.user_agent,
                duration_us=int((time.perf_counter() - asked.started) * 1e6),
                status=status,
                reason=reason,
                revision=known.revision if asked.config and asked.full and served else "",
                lacks=asked.config and not (asked.full and served),
                restart=asked.restart if served else None,
            )
        )


async def _settled(answer: Answer | Awaitable[Answer]) -> Answer:
    return answer if isinstance(answer, Answer) else await answer
