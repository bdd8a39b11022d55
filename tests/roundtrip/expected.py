"""What a vendor's phone is able to see of lines, settings and addresses, said from the vendors' documents."""

from __future__ import annotations

from collections.abc import Mapping

from provd.phone.config import Account, PhoneConfig
from provd.simulate.reading import ReadAccount
from tests.factories import BASE
from tests.roundtrip.expected_keys import CISCO, POLY, cut, label, takes_lines
from tests.roundtrip.phones import FIRMWARE, facts_of

GRANDSTREAM = ("grandstream", "grandstream-ht")


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
        return cut(account.label)
    if family in CISCO:
        on_line = (key for key in config.keys if key.kind.endswith("line") and not key.module)
        return next((label(config, key) for key in on_line if key.line == account.line), "")
    return account.label if family in ("yealink", "snom", "grandstream") else ""


def _shared(config: PhoneConfig, account: Account) -> bool:
    """A line of a Grandstream phone is a shared one by its key; an adapter has none."""
    family = facts_of(config.model)[1].id
    if family in GRANDSTREAM:
        on_line = [key for key in config.keys if key.kind == "shared_line" and key.line == account.line]
        return any(takes_lines(config, key.position) for key in on_line)
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
    without = {family_id: {"network.pc_vlan.id"} for family_id in POLY}
    without["fanvil"] = {"update.window", "web.enabled"}
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
