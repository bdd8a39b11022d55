"""Cisco flat profiles: SPA and multiplatform (MPP) phones.  (pure)

A `<flat-profile>` holds one element a parameter. Tags are case-sensitive, unknown ones are ignored, the last of
several wins, `<Tag/>` leaves what the user set while `<Tag></Tag>` empties it, blanks around a value are dropped and
a line break counts as a blank. Sources: Cisco IP Phone Multiplatform, Provisioning Formats; XML Reference Guide.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import replace

from provd.simulate.reading.cisco_keys import keys_of
from provd.simulate.reading.cisco_rules import rule_target
from provd.simulate.reading.markup import Element, parse_markup
from provd.simulate.reading.reading import SIZE_LIMIT, Meaning, ReadAccount, ReadKey, Sheet, Source, Unreadable
from provd.simulate.reading.values import (
    clock,
    codec,
    codecs,
    given,
    grouped,
    host_port,
    joined,
    language,
    later,
    offset_minutes,
    switch,
    vlan,
    whole,
    window,
    yes_no,
)

_RULES = ("Profile_Rule", "Profile_Rule_B", "Profile_Rule_C", "Profile_Rule_D")
_SRTP = {"optional": "optional", "required": "required", "strict": "required", "disabled": "off", "no": "off"}
_DTMF = {"auto": "auto", "avt": "rfc2833", "info": "info", "inband": "inband"}
_PREFERRED = ("Preferred_Codec", "Second_Preferred_Codec", "Third_Preferred_Codec")


def parse(source: Source) -> Sheet:
    """The parameters of a flat profile; an element's `ua` attribute is kept as `Tag@ua`.

    Raises Unreadable when the body, after gzip if it is packed, is not well-formed XML.
    """
    content = _unpacked(source.content)
    root = parse_markup(content)
    problems: list[str] = []
    if source.family == "cisco-mpp" and not content.isascii():
        problems.append("The file holds characters outside ASCII, the only ones the phone is documented to read.")
    profile = root if root.tag == "flat-profile" else root.child("flat-profile")
    refused = profile is None or root.tag not in ("flat-profile", "device")
    if refused:
        problems.append(f"The root element is <{root.tag}>, not <flat-profile>: the phone ignores the whole file.")
    parameters: dict[str, str] = {}
    for element in (profile or root).children:
        # The router half of an analogue adapter (SPA1xx, ATA19x) has no phone parameters.
        if element.tag != "router-configuration":
            _take(element, parameters, problems)
    if source.family == "cisco-spa" and any(max(value, default="") > "\xff" for value in parameters.values()):
        problems.append("The file holds characters outside Latin-1, which the phone cannot show.")
    return Sheet(source.name, parameters, problems=tuple(problems), refused=refused)


def _take(element: Element, parameters: dict[str, str], problems: list[str]) -> None:
    tag = element.tag
    if element.children:
        problems.append(f"<{tag}> holds elements instead of a value: the phone ignores it.")
        return
    if "ua" in element.attributes:
        parameters[f"{tag}@ua"] = element.attributes["ua"]
    if element.closed:
        return
    if tag in parameters:
        problems.append(f"<{tag}> is there more than once: the last value counts.")
    parameters[tag] = " ".join(line.strip() for line in re.split(r"[\r\n]+", element.text)).strip()


def _unpacked(content: bytes) -> bytes:
    """The body without gzip (Provisioning Formats: a profile may be compressed), bounded like any other."""
    if content.startswith(b"Salted__"):
        raise Unreadable("The profile is encrypted with a --key: decrypt it first.")
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        plain = zlib.decompressobj(wbits=31).decompress(content, SIZE_LIMIT + 1)
    except zlib.error:
        raise Unreadable("The profile is packed with gzip, but the packed bytes are damaged.") from None
    return plain


def interpret(parameters: Mapping[str, str], source: Source) -> Meaning:
    """What the parameters of a flat profile mean for a phone of `source.family` (cisco-spa or cisco-mpp)."""
    accounts = tuple(
        _account(index, members, parameters, source.family)
        for index, members in grouped(_reversed(parameters), r"([0-9]{1,2}):(.+)").items()
        if index and _IDENTITY & members.keys()
    )
    keys, problems = keys_of(parameters, accounts, source.family)
    includes = [rule_target(parameters.get(rule, ""), source.mac, parameters) for rule in _RULES]
    upgrade = parameters.get("Upgrade_Rule", "") if switch(parameters.get("Upgrade_Enable")) is not False else ""
    directory = parameters.get("XML_Directory_Service_URL", "")
    return Meaning(
        accounts=_labelled(accounts, keys),
        keys=keys,
        settings=_settings(parameters, source.family),
        includes=tuple(url for url in includes if url),
        directory_urls=(directory,) if directory else (),
        firmware_url=rule_target(upgrade, source.mac, parameters, conditional=True),
        provisioning_url=includes[0],
        problems=problems,
    )


_IDENTITY = frozenset({"Line_Enable", "User_ID", "Proxy", "Password", "Auth_ID", "Display_Name"})


def _reversed(parameters: Mapping[str, str]) -> dict[str, str]:
    """`User_ID_2_` as `2:User_ID`, for grouping by line."""
    found = ((re.match(r"(.+)_([0-9]{1,2})_\Z", name), value) for name, value in parameters.items())
    return {f"{match[2]}:{match[1]}": value for match, value in found if match}


def _account(index: int, members: Mapping[str, str], parameters: Mapping[str, str], family: str) -> ReadAccount:
    def get(name: str) -> str:
        return members.get(name, "")

    # `name:SRV=a:5060:p=0|b:5060:p=1` names the proxy and lists the addresses to try.
    host, port = host_port(re.sub(r":SRV=.*", "", get("Proxy")))
    outbound = get("Outbound_Proxy") if switch(get("Use_Outbound_Proxy")) is not False else ""
    named = get("Auth_ID")
    if family == "cisco-spa" and switch(get("Use_Auth_ID")) is False:
        named = ""
    return ReadAccount(
        index=index,
        enabled=switch(get("Line_Enable")) is not False and bool(get("User_ID")),
        display_name=get("Display_Name"),
        user=get("User_ID"),
        auth_user=named or get("User_ID"),
        password=get("Password"),
        server=host,
        port=port,
        transport=get("SIP_Transport").lower() if get("SIP_Transport").lower() in _TRANSPORTS else None,
        expires=whole(get("Register_Expires"), 1),
        outbound_proxy=joined(*host_port(outbound)),
        voicemail=parameters.get("Voice_Mail_Number") or get("Mailbox_ID"),
        shared=get("Share_Ext").lower() in ("shared", "yes"),
        srtp=_srtp(get("Secure_Call_Option") if family == "cisco-mpp" else "", parameters),
        codecs=_codecs(members),
        dtmf=_DTMF.get(get("DTMF_Tx_Method").lower(), "auto") if get("DTMF_Tx_Method") else None,
    )


def _srtp(option: str, parameters: Mapping[str, str]) -> str | None:
    """A line's own option counts as far as the phone's secure calls are on: without them optional is off."""
    chosen = _SRTP.get(option.lower())
    service, wanted = (switch(parameters.get(name)) for name in ("Secure_Call_Serv", "Secure_Call_Setting"))
    if chosen in ("required", "off"):
        return chosen
    if service is False or (chosen is None and wanted is False):
        return "off"
    return chosen or ("optional" if wanted else None)


_TRANSPORTS = frozenset({"udp", "tcp", "tls", "auto"})


def _codecs(members: Mapping[str, str]) -> tuple[str, ...]:
    """The preferred codecs in order and then the enabled ones; only the first with Use_Pref_Codec_Only.

    A codec with several rates (G726-16, G726-32 …) is off when all of them are.
    """
    states = [
        (codec(name[: -len("_Enable")]), switch(value)) for name, value in members.items() if name.endswith("_Enable")
    ]
    enabled = codecs(name for name, state in states if name and state)
    off = {name for name, state in states if state is False} - set(enabled)
    listed = tuple(name for name in codecs(members.get(each, "") for each in _PREFERRED) if name not in off)
    if switch(members.get("Use_Pref_Codec_Only")):
        return listed[:1]
    return tuple(dict.fromkeys((*listed, *enabled)))


def _labelled(accounts: tuple[ReadAccount, ...], keys: tuple[ReadKey, ...]) -> tuple[ReadAccount, ...]:
    """Accounts with the label of their first line key: a flat profile has no label of its own for a line."""
    labels = {key.line: key.label for key in reversed(keys) if key.kind in ("line", "shared_line") and not key.module}
    return tuple(replace(account, label=labels.get(account.index, "")) for account in accounts)


def _settings(parameters: Mapping[str, str], family: str) -> dict[str, str]:
    def get(name: str) -> str:
        return parameters.get(name, "")

    spa = family == "cisco-spa"
    tagged = switch(get("Enable_VLAN"))
    # A multiplatform phone has no switch for it; 1, the value of the factory, is no tag.
    pc_tagged = switch(get("Enable_PC_Port_VLAN_Tagging")) if spa else get("PC_Port_VLAN_ID") != "1"
    zone = get("Time_Zone").upper()
    minutes = 0 if zone == "GMT" else offset_minutes(zone.removeprefix("GMT"))
    return given(
        {
            "time.zone": get("Time_Zone"),
            "time.utc_offset": None if minutes is None else str(minutes),
            "time.ntp": get("Primary_NTP_Server"),
            "network.vlan.id": vlan(get("VLAN_ID")) if tagged else None,
            "network.pc_vlan.id": vlan(get("PC_Port_VLAN_ID")) if pc_tagged else None,
            "network.lldp": yes_no(switch(get("Enable_LLDP-MED"))),
            "admin.password": get("Admin_Passwd" if spa else "Admin_Password"),
            "user.password": get("User_Password"),
            "language": language(get("Language_Selection")),
            "syslog.server": get("Syslog_Server"),
            "update.window": _update_window(parameters),
            "web.enabled": yes_no(switch(get("Enable_Web_Server"))),
        }
    )


def _update_window(parameters: Mapping[str, str]) -> str | None:
    start = clock(parameters.get("Resync_At__HHmm_"))
    if start is None:
        return None
    return window(start, later(start, whole(parameters.get("Resync_At_Random_Delay"), 0, 86400) or 0))
