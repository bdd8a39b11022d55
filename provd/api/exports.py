"""Exports of the call history that run by themselves (SF-297 to SF-301)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provd.api.call import Call, plain
from provd.api.cdrs import KINDS
from provd.api.endpoint import Group
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, switch, text
from provd.errors import Conflict, Invalid, Problem
from provd.exporting import layouts, making, places, sending, sftp, times
from provd.exporting.failing import NotSent
from provd.exporting.places import Destination
from provd.limits import Buckets
from provd.store import exports, rules
from provd.store.database import Store
from provd.store.exports import Schedule

group = Group(
    "cdr-exports",
    "Exports of the call history: made when they are due in the company's time zone, kept for download, mailed, or "
    "sent to a server by FTP or SFTP; their files; and the archives of records older than six months.",
)

THENS = ("keep", "mail", *places.PROTOCOLS)
MOST_MAILS = 10
LOOKS = Buckets(10, 10 / 60)
"""Servers that a company looks at a minute: it is no way to search the internet for open ports."""
SETTABLE: dict[str, Any] = {
    "name": text("1 to 64 letters, digits, hyphens, underscores and spaces", 200, examples=["Calls of the week"]),
    "kind": choice(times.KINDS, "monthly: on the 1st, the month before; weekly: 7 days; daily; custom: as said below"),
    "time": text("Of the company's clock", 5, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["06:00"]),
    "weekdays": listing(number("0 is Monday", 0, 6), "For weekly one, for custom one or more", 7),
    "days": number("For custom: how many days, the current one included", 1, times.MOST_DAYS),
    "layout": choice(layouts.LAYOUTS, "basic, standard as the pages show it, or advanced with every field"),
    "user": text("Only calls that this extension had to do with", 20),
    "caller": text("Digits of the caller's number", 30, pattern=r"^[+0-9]*$", examples=["2145550199"]),
    "dialed": text("Digits that were dialled", 30, pattern=r"^[+0-9*#]*$", examples=["101"]),
    "type": choice(("", *KINDS), "Only calls of this type"),
    "then": choice(THENS, "keep: for download here; mail: as an attachment; or to a server"),
    "mails": listing(text("", 254), "Who gets the file, or a notice that it is there", MOST_MAILS),
    "host": text("The server's name or address", 253), "port": number("0: the protocol's own", 0, 65535),
    "user_name": text("At the server", 120, pattern=places.USER),
    "folder": text("At the server; empty for where one begins", 200, pattern=places.FOLDER, examples=["exports/calls"]),
    "auth": choice(("password", "key"), "How to sign in to SFTP; a key is made here, its public half is `public_key`"),
    "identity": text("The server's host key or certificate that you accept; POST …/identity shows it", 4000),
    "paused": switch(),
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "kind": "monthly", "time": "06:00", "weekdays": [0], "days": 7, "layout": "standard", "user": "", "caller": "",
    "dialed": "", "type": "", "then": "keep", "mails": [], "host": "", "port": 0, "user_name": "", "folder": "",
    "auth": "password", "identity": "",
}  # fmt: skip
PASSWORD = text("At the server; never shown. It is wanted again when it would go to another server", 200)
BODY = obj({**SETTABLE, "password": PASSWORD}, required=("name",))
CHANGE = obj({**SETTABLE, "password": PASSWORD}, required=())
SCHEDULE = define(
    "CdrExport",
    obj(
        {
            "id": number(low=1), **{name: part for name, part in SETTABLE.items() if name != "name"}, "name": text(),
            "sentence": text("When it runs, in words", 300), "fingerprint": text("Of the identity, for people", 200),
            "public_key": text("To be put into authorized_keys of the server", 200), "has_password": switch(),
            "next_at": nullable(moment("When it runs; null while paused")), "ran_at": nullable(moment("Ran last")),
            "asked": switch("It runs out of turn in a moment"), "text": text("What went wrong with making it", 500),
            "created": moment(), "created_by": text(),
        }
    ),
)  # fmt: skip
SERVER = obj({"then": choice(places.PROTOCOLS), "host": SETTABLE["host"], "port": SETTABLE["port"]}, ("then", "host"))
IDENTITY = define(
    "ServerIdentity",
    obj(
        {
            "identity": text("To be saved with the export when you accept it", 4000),
            "fingerprint": text("To be compared with what the server's owner says", 200),
            "vouched": switch("A certificate that an authority vouches for needs no acceptance"),
        }
    ),
)
PATH, ONE = "/domains/{domain}/cdrschedules", "/domains/{domain}/cdrschedules/{schedule}"


@group.get(PATH, "exports.read", obj({"items": listing(SCHEDULE), "next": {"type": "null"}}))
def list_schedules(store: Store, call: Call) -> Any:
    """List scheduled exports of the call history"""
    return {"items": [shown(one) for one in exports.find(store, call.domain_id)], "next": None}


@group.get(ONE, "exports.read", SCHEDULE)
def get_schedule(store: Store, call: Call) -> Any:
    """Get a scheduled export"""
    return shown(exports.get(store, call.domain_id, call.id("schedule")))


@group.post(PATH, "exports.write", SCHEDULE, body=BODY)
def post_schedule(store: Store, call: Call) -> Any:
    """Have the call history exported by the clock"""
    body = {**DEFAULTS, "paused": False, "password": "", **call.body}
    settings = _settings(body, body)
    private, settings["public_key"] = _key_pair() if _by_key(settings) else ("", "")
    _require_secret(settings, body["password"])
    made = exports.create(
        store, call.domain_id, body["name"], settings, _next(call, settings), call.now, call.who.name,
        password=_password(settings, body["password"]), private_key=private,
    )  # fmt: skip
    if body["paused"]:
        made = exports.update(store, made, name=made.name, settings=settings, paused=True, next_at=None)
    call.location = f"/api/v2/domains/{call.domain.name if call.domain else ''}/cdrschedules/{made.id}"
    call.audit(store, "create", "call export", made.name)
    return shown(made)


@group.patch(ONE, "exports.write", SCHEDULE, body=CHANGE)
def patch_schedule(store: Store, call: Call) -> Any:
    """Change a scheduled export, pause it, or let it go on"""
    before = exports.get(store, call.domain_id, call.id("schedule"))
    body = call.body
    settings = _settings({**_flat(before), **body}, {**before.settings})
    paused = body.get("paused", before.paused)
    secret = _changed_secret(before, settings, body.get("password", ""))
    timed = ("kind", "minutes", "weekdays", "days")
    same = before.next_at is not None and all(settings[name] == before.settings[name] for name in timed)
    next_at = None if paused else before.next_at if same else _next(call, settings)
    saved = exports.update(
        store, before, name=body.get("name", before.name), settings=settings, paused=paused, next_at=next_at, **secret
    )
    call.audit(store, "update", "call export", saved.name, _differences(before, saved))
    return shown(saved)


@group.delete(ONE, "exports.write")
def delete_schedule(store: Store, call: Call) -> None:
    """Delete a scheduled export

    Its files stay for their days."""
    found = exports.get(store, call.domain_id, call.id("schedule"))
    exports.delete(store, found)
    call.audit(store, "delete", "call export", found.name)


@group.post(f"{ONE}/run", "exports.write", SCHEDULE, status=202)
def run_schedule(store: Store, call: Call) -> Any:
    """Run a scheduled export now, out of turn

    Its file is there in a moment, and goes where the others go."""
    found = exports.ask(store, exports.get(store, call.domain_id, call.id("schedule")), call.now)
    call.audit(store, "run", "call export", found.name)
    return shown(found)


@group.post(f"{PATH}/identity", "exports.write", IDENTITY, body=SERVER, status=200)
async def look_at_server(call: Call) -> Any:
    """Look at how a server shows who it is

    The host key of SFTP, the certificate of FTPS: compare the fingerprint with what the server's owner says, and save
    the identity with the export. Nobody signs in."""
    if not LOOKS.take(str(call.domain_id), call.clock):
        raise Conflict("This company has looked at many servers just now; try again in a minute.")
    body = call.body
    settings = {**DEFAULTS, **body}
    _require_host(settings)
    protocol = settings["then"]
    asked = Destination(protocol, settings["host"], "", settings["port"] or places.PORTS[protocol], "", "")
    try:
        found = await sending.identity(asked, places.networks(call.services.settings.export_networks))
    except NotSent as error:
        raise Invalid([Problem("host", str(error))]) from None
    return {"identity": found[0], "fingerprint": found[1], "vouched": found[2]}


def shown(one: Schedule) -> dict[str, Any]:
    """A schedule as answers show it."""
    said = plain(one, "domain_id", "settings", "claimed", "tries", "try_at")
    settings = one.settings
    return {
        **said, **_flat(one), "name": one.name, "sentence": times.sentence(making.rhythm(settings)),
        "fingerprint": _fingerprint(settings["identity"]), "public_key": settings["public_key"],
        "ran_at": one.ran_at or None, "asked": one.asked > 0,
    }  # fmt: skip


def _flat(one: Schedule) -> dict[str, Any]:
    """What can be set, as it is."""
    minutes = one.settings["minutes"]
    return {
        **{name: one.settings[name] for name in DEFAULTS if name != "time"},
        "time": f"{minutes // 60:02}:{minutes % 60:02}",
    }


def _fingerprint(identity: str) -> str:
    return sftp.fingerprint(identity) if " " in identity else identity.upper()


def _settings(said: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of what was said; raises Invalid for what does not go together."""
    found = {name: said[name] for name in DEFAULTS if name != "time"}
    hours, _, minutes = said["time"].partition(":")
    found["minutes"] = int(hours) * 60 + int(minutes)
    found["weekdays"] = sorted(set(said["weekdays"]))
    wrong = [*rules.emails("mails", tuple(said["mails"]))]
    if said["kind"] == "weekly" and len(found["weekdays"]) != 1:
        wrong.append(Problem("weekdays", "A weekly export runs on one day of the week; choose which."))
    if said["kind"] == "custom" and not found["weekdays"]:
        wrong.append(Problem("weekdays", "Choose at least one day of the week."))
    if said["then"] == "mail" and not said["mails"]:
        wrong.append(Problem("mails", "Say whom the export is mailed to."))
    if said["then"] in places.PROTOCOLS:
        found["port"] = said["port"] or places.PORTS[said["then"]]
        wrong += _server(found)
    rules.require(wrong)
    return {**found, "public_key": before.get("public_key", "")}


def _server(settings: Mapping[str, Any]) -> list[Problem]:
    wrong = []
    if not places.HOST.fullmatch(settings["host"]):
        wrong.append(Problem("host", "Write the server's name, as sftp.acme.example, or its address."))
    if not settings["user_name"]:
        wrong.append(Problem("user_name", "Write the user name that the server knows."))
    # A pattern's $ lets a line break at the end through, and these become parts of commands.
    for name in ("user_name", "folder"):
        if not settings[name].isprintable():
            wrong.append(Problem(name, "Write it on one line, without control characters."))
    identity = settings["identity"]
    if settings["then"] == "sftp" and not sftp.is_key(identity):
        wrong.append(Problem("identity", "Look at the server's host key and accept it first."))
    if settings["then"] == "ftps" and identity and (len(identity) != 64 or not identity.isalnum()):
        wrong.append(Problem("identity", "Look at the server's certificate and accept it first."))
    return wrong


def _require_host(settings: Mapping[str, Any]) -> None:
    rules.require([one for one in _server({**settings, "user_name": "x"}) if one.field == "host"])


def _by_key(settings: Mapping[str, Any]) -> bool:
    return bool(settings["then"] == "sftp" and settings["auth"] == "key")


def _password(settings: Mapping[str, Any], said: str) -> str:
    return said if settings["then"] in places.PROTOCOLS and not _by_key(settings) else ""


def _require_secret(settings: Mapping[str, Any], password: str) -> None:
    if settings["then"] in places.PROTOCOLS and not _by_key(settings) and not password:
        raise Invalid([Problem("password", "Write the password that the server knows.")])
    if not password.isprintable():
        raise Invalid([Problem("password", "The password has a character that no keyboard writes; type it again.")])


def _changed_secret(before: Schedule, settings: dict[str, Any], password: str) -> dict[str, str]:
    """Which secrets are saved anew. A password was told for one server, and is not sent to another one."""
    named = ("then", "host", "port", "user_name", "auth", "identity")
    same = all(before.settings[name] == settings[name] for name in named)
    if _by_key(settings):
        if _by_key(before.settings) and before.settings["public_key"]:
            return {"password": ""}
        private, settings["public_key"] = _key_pair()
        return {"password": "", "private_key": private}
    settings["public_key"] = ""
    if settings["then"] not in places.PROTOCOLS:
        return {"password": "", "private_key": ""}
    if password or not (same and before.has_password):
        _require_secret(settings, password)
        return {"password": password, "private_key": ""}
    return {}


def _key_pair() -> tuple[str, str]:
    """A new key in OpenSSH's form: (private, public)."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), f"{public.decode()} provd-export"


def _next(call: Call, settings: Mapping[str, Any]) -> int:
    assert call.domain is not None, "the path names a company"
    return times.next_run(making.rhythm(settings), call.now, ZoneInfo(call.domain.time_zone))


def _differences(before: Schedule, after: Schedule) -> dict[str, Any]:
    told = {"name": (before.name, after.name), "paused": (before.paused, after.paused)}
    told |= {name: (before.settings[name], after.settings[name]) for name in after.settings if name != "public_key"}
    return {name: list(pair) for name, pair in told.items() if pair[0] != pair[1]}
