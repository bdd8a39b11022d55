"""What a vendor's phone is able to see of a configuration, said from the vendors' documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provd.phone.config import Account, PhoneConfig
from provd.phone.key import PhoneKey, Position
from provd.simulate.reading import ReadAccount, Reading, ReadKey
from tests.factories import BASE
from tests.roundtrip.phones import FIRMWARE, facts_of

POLY = ("poly-ucs", "poly-edge-e")
CISCO = ("cisco-spa", "cisco-mpp")
GRANDSTREAM = ("grandstream", "grandstream-ht")
# Our kinds as a phone knows them: all that is watched is a busy lamp, all that is only dialled a speed dial.
KINDS = {kind: kind for kind in ("none", "line", "shared_line", "blf", "speed_dial", "dtmf", "url")}
KINDS |= dict.fromkeys(("park", "queue_toggle", "timeframe_toggle", "move_call"), "blf")
KINDS |= dict.fromkeys(("hot_desk", "queue_login", "queue_logout"), "speed_dial")


@dataclass(frozen=True, slots=True)
class Seen:
    """One key as far as it can be told from the file."""

    kind: str
    target: str = ""
    label: str = ""
    line: int | None = None
    locked: bool | None = None
    pickup: str = ""


def seen_keys(reading: Reading) -> dict[tuple[int, int], Seen]:
    """The keys the phone shows by place; two keys at one place are a fault."""
    found = {(key.module, key.number): _seen(key) for key in reading.keys}
    assert len(found) == len(reading.keys), "two keys sit at one place"
    return found


def _seen(key: ReadKey) -> Seen:
    dark = key.kind == "none" or (key.kind == "speed_dial" and not key.target)
    if dark:
        return Seen("none", locked=key.locked)
    return Seen(key.kind, key.target, key.label, key.line, key.locked, key.pickup)


def keys(config: PhoneConfig) -> dict[tuple[int, int], Seen]:
    """What every place of the phone and its modules should show."""
    model, _ = facts_of(config.model)
    return {
        (place.module, place.number): _key(config, place, config.key_at(place.module, place.number))
        for place in model.positions(len(config.modules))
    }


def _key(config: PhoneConfig, place: Position, key: PhoneKey | None) -> Seen:
    model, family = facts_of(config.model)
    locked = _locked(config, place, key)
    if key is None or key.kind == "none" or (key.kind.endswith("line") and not _takes_lines(config, place)):
        return Seen("none", locked=locked)
    kind = "park" if key.kind == "park" and model.facts.get("park") == "orbit" else KINDS[key.kind]
    target = "" if kind.endswith("line") else key.value
    pickup = key.pickup
    if family.id in (*POLY, "grandstream") and kind == "blf":  # one code for the whole phone or account
        pickup = str(config.values["pickup.code"])
    return Seen(kind, target, label(config, key), _line(config, key, kind), locked, pickup)


def _takes_lines(config: PhoneConfig, place: Position) -> bool:
    """Consoles of an SPA500 hold no lines; a Grandstream phone has them beside its main screen only."""
    model, family = facts_of(config.model)
    if family.id == "grandstream":
        return not place.module and place.number <= int(str(model.facts["line_vpk"]))
    return not (family.id == "cisco-spa" and place.module)


def _line(config: PhoneConfig, key: PhoneKey, kind: str) -> int | None:
    family = facts_of(config.model)[1].id
    if kind.endswith("line"):
        return key.line
    if family in POLY:
        watching = next((each.line for each in config.keys if KINDS[each.kind] == "blf"), None)
        return watching if kind == "blf" else None
    silent = {"yealink": ("url",), "grandstream": ("url",), "snom": ("url",), "fanvil": ("url", "dtmf")}
    return None if kind in silent.get(family, ()) else key.line


def _locked(config: PhoneConfig, place: Position, key: PhoneKey | None) -> bool | None:
    """Only these vendors lock single keys; the keys of a Grandstream phone that have a lock are those of the screen."""
    model, family = facts_of(config.model)
    screen = not place.module and place.number <= int(str(model.facts.get("vpk", 0)))
    if family.id in (*CISCO, "snom") or (family.id == "grandstream" and screen):
        return key is not None and key.locked
    return None


def label(config: PhoneConfig, key: PhoneKey) -> str:
    """The label of a key within what the vendor takes."""
    family = facts_of(config.model)[1]
    if family.id in POLY:
        account = config.account(key.line) if key.kind.endswith("line") else None
        return _bytes(account.label if account else key.label)
    return key.label[: family.label_length].rstrip() if family.id in (*CISCO, "grandstream", "fanvil") else key.label


def _bytes(text: str) -> str:
    """Poly keeps 40 bytes of UTF-8."""
    return text.encode()[:40].decode(errors="ignore")


def accounts(config: PhoneConfig) -> tuple[ReadAccount, ...]:
    """The registrations the phone should make."""
    return tuple(_account(config, account) for account in config.accounts)


def _account(config: PhoneConfig, account: Account) -> ReadAccount:
    family = facts_of(config.model)[1].id
    values = config.values
    port, expires = int(str(values["sip.port"])), int(str(values["sip.expires"]))
    host = str(values["sip.outbound_proxy"]) or config.server
    return ReadAccount(
        index=account.line,
        enabled=True,
        label=_account_label(config, account),
        display_name=account.display_name,
        user=account.device,
        auth_user=account.device,
        password=account.password,
        server=account.domain,
        port=port if family in ("yealink", "fanvil", *POLY) else None,
        transport=str(values["sip.transport"]),
        expires=expires // 60 * 60 if family in GRANDSTREAM else expires,
        outbound_proxy=f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}",
        # An adapter has no key for messages.
        voicemail="" if family == "grandstream-ht" else str(values["voicemail.number"]),
        shared=_shared(config, account),
        # An SPA500 cannot refuse a call that is not encrypted.
        srtp="optional" if family == "cisco-spa" and values["sip.srtp"] == "required" else str(values["sip.srtp"]),
        codecs=_codecs(config),
        dtmf=str(values["sip.dtmf"]),
    )


def _account_label(config: PhoneConfig, account: Account) -> str:
    family = facts_of(config.model)[1].id
    if family in POLY:
        return _bytes(account.label)
    if family in CISCO:
        on_line = (key for key in config.keys if key.kind.endswith("line") and not key.module)
        return next((label(config, key) for key in on_line if key.line == account.line), "")
    return account.label if family in ("yealink", "snom", "grandstream") else ""


def _shared(config: PhoneConfig, account: Account) -> bool:
    """A line of a Grandstream phone is a shared one by its key; an adapter has none."""
    family = facts_of(config.model)[1].id
    if family in GRANDSTREAM:
        on_line = [key for key in config.keys if key.kind == "shared_line" and key.line == account.line]
        return any(_takes_lines(config, key.position) for key in on_line)
    return account.shared


def _codecs(config: PhoneConfig) -> tuple[str, ...]:
    """The codecs the vendor has, in order; a Cisco phone ranks three and allows the others."""
    family = facts_of(config.model)[1]
    chosen = config.values["audio.codecs"]
    assert isinstance(chosen, tuple)
    known = tuple(codec for codec in chosen if codec in family.codecs)
    if family.id in CISCO:
        return known[:3] + tuple(codec for codec in family.codecs if codec in known[3:])
    return known


def settings(config: PhoneConfig) -> dict[str, str]:
    """The settings in our words that the phone should be found with."""
    family = facts_of(config.model)[1].id
    values = config.values
    servers = values["time.ntp"]
    assert isinstance(servers, tuple)
    wanted: Mapping[str, object] = {
        "time.utc_offset": str(config.zone.offset),
        "time.ntp": servers[0] if servers else "",
        "network.vlan.id": values["network.vlan.id"],
        "network.pc_vlan.id": values["network.pc_vlan.id"],
        "network.lldp": "yes" if values["network.lldp"] else "no",
        "admin.password": values["admin.password"],
        "user.password": values["user.password"],
        "language": values["language"],
        "syslog.server": values["syslog.server"],
        "update.window": _window(config),
        "web.enabled": "yes" if values["web.enabled"] else "no",
    }
    # What a vendor has no parameter for.
    without = dict.fromkeys(POLY, {"network.pc_vlan.id"}) | {"fanvil": {"update.window", "web.enabled"}}
    without["grandstream-ht"] = {"network.lldp", "network.pc_vlan.id", "language", "web.enabled"}
    left_out = without.get(family, set())
    return {name: str(value) for name, value in wanted.items() if value and name not in left_out}


def _window(config: PhoneConfig) -> str:
    """The phone's own minute; Yealink wants an end too, and Grandstream knows full hours only."""
    family = facts_of(config.model)[1].id
    update = config.update
    if update is None:
        return ""
    start, end = update.minute, update.minute
    if family == "yealink":
        end = start + 1
    if family in GRANDSTREAM:
        start, end = start // 60 * 60, start // 60 * 60 + 60
    return f"{update.clock(start)}-{update.clock(end)}"


def provisioning_url(config: PhoneConfig) -> str:
    """Where the phone comes back to."""
    family = facts_of(config.model)[1].id
    if family in CISCO:
        return f"{BASE}{config.mac}.xml"
    if family == "snom":
        return f"{BASE}{facts_of(config.model)[0].files['name']}-{config.mac.upper()}.htm"
    return BASE if family in ("yealink", *POLY) else BASE[:-1]


def firmware_url(config: PhoneConfig) -> str:
    """The image; Grandstream takes the folder and knows the name."""
    return FIRMWARE.rpartition("/")[0] if facts_of(config.model)[1].id in GRANDSTREAM else FIRMWARE


def directory_urls(config: PhoneConfig) -> tuple[str, ...]:
    """Where the phone finds its directory."""
    family = facts_of(config.model)[1].id
    mac = config.mac
    if family == "grandstream-ht":
        return ()
    named = {
        "yealink": f"{BASE}directory/{mac}.xml?term=#SEARCH",
        "grandstream": f"{BASE}directory/{mac}/phonebook.xml",
    }
    named |= dict.fromkeys(POLY, f"{mac}-directory.xml")
    return (named.get(family, f"{BASE}directory/{mac}.xml"),)


def includes(config: PhoneConfig) -> tuple[str, ...]:
    """The further files the phone is sent to."""
    family = facts_of(config.model)[1].id
    if family in POLY:
        return (f"{config.mac}-settings.cfg",)
    if family in CISCO:
        return (f"{BASE}{config.mac}.xml",)
    if family == "snom":
        name = facts_of(config.model)[0].files["name"]
        status = (f"{BASE}{name}-{config.mac.upper()}-firmware.htm",) if config.urls.firmware else ()
        return (f"{BASE}{name}-{{mac}}.htm", *status)
    return ()
