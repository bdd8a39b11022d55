"""Poly and Polycom files: the master file, XML parameters at any depth, the speed dial directory.  (pure)

A phone reads every attribute `name="value"`; element names and nesting are decorative. Files named in CONFIG_FILES
are read from left to right and the first one to state a parameter wins, except that what the user changed on the
phone (`<mac>-phone.cfg`) or its web page (`<mac>-web.cfg`) beats them all. Sources: UC Software 6.4 administrator
guide, Edge E parameter reference (PVOS 8.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from provd.simulate.reading.markup import Element, parse_markup
from provd.simulate.reading.poly_keys import keys_of
from provd.simulate.reading.reading import Meaning, ReadAccount, Sheet, Source
from provd.simulate.reading.values import (
    codecs,
    given,
    grouped,
    host_port,
    joined,
    language,
    later,
    switch,
    vlan,
    whole,
    window,
    yes_no,
)
from provd.simulate.reading.values import port as port_of

# Words are case-sensitive; numbers are ignored by the phone.
_TRANSPORTS = {"DNSnaptr": "auto", "TCPpreferred": "tcp", "UDPOnly": "udp", "UDPonly": "udp", "TLS": "tls"}
_TRANSPORTS |= {"TCPOnly": "tcp", "TCPonly": "tcp"}
_OVERRIDES = ("-phone.cfg", "-web.cfg")


def parse(source: Source) -> Sheet:
    """The attributes of a configuration or master file, or the entries of a directory file as `directory.N.tag`.

    Raises Unreadable when the file is not well-formed XML.
    """
    root = parse_markup(source.content)
    parameters: dict[str, str] = {}
    problems: list[str] = []
    if root.tag == "directory":
        _directory(root, parameters, problems)
        return Sheet(source.name, parameters, problems=tuple(problems))
    loose_text = False
    for element in root.walk():
        loose_text = loose_text or bool(element.text.strip())
        for name, value in element.attributes.items():
            if name.startswith(("xmlns", "xsi:", "xml:")):
                continue
            if name in parameters:
                if parameters[name] != value:
                    problems.append(f"{name} is set more than once in the file: the first value counts.")
                continue
            parameters[name] = value
    if loose_text:
        problems.append("The file has text between its elements: the phone reads attributes only and ignores it.")
    if not parameters:
        problems.append("The file has no attribute, so it sets nothing.")
    return Sheet(source.name, parameters, problems=tuple(problems))


def _directory(root: Element, parameters: dict[str, str], problems: list[str]) -> None:
    places: set[str] = set()
    items = [element for element in root.walk() if element.tag == "item"]
    for number, item in enumerate(items, 1):
        for field in item.children:
            parameters[f"directory.{number}.{field.tag}"] = field.text.strip()
        if not item.text_of("ct"):
            problems.append(f"Entry {number} of the directory has no contact (ct): the phone drops it.")
        place = item.text_of("sd")
        if place and place in places:
            problems.append(f"Speed dial {place} is taken by more than one entry of the directory.")
        places.add(place)
    parameters["directory"] = str(len(items))


def combine(sheets: Sequence[Sheet]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The parameters of several files in the phone's order: the user's overrides first, then the first file wins."""
    parameters: dict[str, str] = {}
    ordered = [sheet for end in _OVERRIDES for sheet in sheets if sheet.name.lower().endswith(end)]
    ordered += [sheet for sheet in sheets if not sheet.name.lower().endswith(_OVERRIDES)]
    for sheet in ordered:
        for name, value in sheet.parameters.items():
            parameters.setdefault(name, value)
    return parameters, ()


def interpret(parameters: Mapping[str, str], source: Source) -> Meaning:
    """What Poly parameters mean, whatever files they came from."""
    device, problems = _effective_device(parameters)
    accounts = tuple(
        _account(index, members, parameters, problems)
        for index, members in grouped(parameters, r"reg\.([0-9]{1,2})\.(.+)").items()
        if index and any(name.split(".")[0] in _IDENTITY for name in members)
    )
    keys, key_problems = keys_of(parameters, accounts)
    includes = tuple(_expanded(name, source) for name in _listed(parameters, "CONFIG_FILES", source))
    directories: tuple[str, ...] = ()
    if "CONFIG_FILES" in parameters and source.mac:
        folder = parameters.get("CONTACTS_DIRECTORY", "").strip()
        path = f"{folder.rstrip('/')}/{source.mac}-directory.xml" if folder else f"{source.mac}-directory.xml"
        directories = (_expanded(path, source),)
    firmware = next(iter(_listed(parameters, "APP_FILE_PATH", source)), "")
    return Meaning(
        accounts=accounts,
        keys=keys,
        settings=_settings(parameters, device),
        includes=includes,
        directory_urls=directories,
        firmware_url=parameters.get("upgrade.custom.server.url") or _expanded(firmware, source),
        provisioning_url=_server(device),
        problems=(*problems, *key_problems),
    )


_IDENTITY = frozenset({"address", "auth", "server", "label", "displayName"})


def _effective_device(parameters: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The `device.*` parameters that take effect: those with their `.set` twin, and only when `device.set` is 1."""
    wanted = {
        name: value
        for name, value in parameters.items()
        if name.startswith("device.") and not name.endswith(".set") and name != "device.set"
    }
    allowed = parameters.get("device.set") == "1"
    problems = []
    if wanted and not allowed:
        problems.append('device.set is not "1": the phone ignores every device parameter.')
    device = {name: value for name, value in wanted.items() if parameters.get(f"{name}.set") == "1"}
    problems += [f'{name} has no {name}.set="1": the phone ignores it.' for name in wanted if name not in device]
    return (device if allowed else {}), problems


def _listed(parameters: Mapping[str, str], name: str, source: Source) -> Iterator[str]:
    """The files that NAME lists, comma separated; the list under the model's own suffix replaces the general one."""
    model = re.sub(r"[^A-Za-z0-9]", "", source.model)
    listed = parameters.get(f"{name}_{model}", parameters.get(name, "")) if model else parameters.get(name, "")
    return (part.strip() for part in listed.split(",") if part.strip())


def _expanded(name: str, source: Source) -> str:
    """A file name with the substitutions the phone makes; one that needs what is not known stays as it is."""
    if source.mac:
        name = re.sub(r"\[(?:PHONE_MAC_ADDRESS|MACADDRESS)\]", source.mac, name)
    if source.model:
        name = name.replace("[PHONE_MODEL]", re.sub(r"[^A-Za-z0-9]", "", source.model))
    return name


def _account(index: int, members: Mapping[str, str], parameters: Mapping[str, str], problems: list[str]) -> ReadAccount:
    def server(name: str) -> str:
        return members.get(f"server.1.{name}") or parameters.get(f"voIpProt.server.1.{name}", "")

    user, _, host = re.sub(r"\Asips?:", "", members.get("address", ""), flags=re.IGNORECASE).partition("@")
    word = server("transport")
    if word and word not in _TRANSPORTS:
        problems.append(f"reg.{index} names a transport the phone does not know: use UDPOnly, TCPOnly or TLS.")
    called = members.get("outboundProxy.address", "")
    mailbox = f"msg.mwi.{index}.callBack"
    return ReadAccount(
        index=index,
        enabled=bool(user),
        label=members.get("label", ""),
        display_name=members.get("displayName", ""),
        user=user,
        auth_user=members.get("auth.userId") or user,
        password=members.get("auth.password", ""),
        server=server("address") or host_port(host)[0],
        port=port_of(server("port")),
        transport=_TRANSPORTS.get(word),
        expires=whole(server("expires"), 1),
        outbound_proxy=joined(called, port_of(members.get("outboundProxy.port"))),
        voicemail=parameters.get(mailbox, "") if parameters.get(f"{mailbox}Mode") == "contact" else "",
        shared=members.get("type") == "shared",
        srtp=_srtp(parameters),
        codecs=_codecs(parameters),
        dtmf=_dtmf(parameters),
    )


def _srtp(parameters: Mapping[str, str]) -> str | None:
    require, offer, enable = (switch(parameters.get(f"sec.srtp.{name}")) for name in ("require", "offer", "enable"))
    if enable is False:
        return "off"
    if require:
        return "required"
    if offer:
        return "optional"
    return "off" if offer is False else None


def _codecs(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """The codecs of `voice.codecPref.<name>` by priority; 0 takes a codec out."""
    start = "voice.codecPref."
    ranked = [
        (whole(value, 1, 99) or 0, name[len(start) :]) for name, value in parameters.items() if name.startswith(start)
    ]
    return codecs(name for rank, name in sorted(ranked) if rank)


def _dtmf(parameters: Mapping[str, str]) -> str | None:
    in_audio = switch(parameters.get("tone.dtmf.viaRtp"))
    events = switch(parameters.get("tone.dtmf.rfc2833Control"))
    signalled = switch(parameters.get("voIpProt.SIP.dtmfViaSignaling.rfc2976"))
    if signalled:
        return "auto" if in_audio and events else "info"
    if in_audio is None and events is None:
        return None
    return "rfc2833" if events is not False else "inband"


def _settings(parameters: Mapping[str, str], device: Mapping[str, str]) -> dict[str, str]:
    seconds = whole(parameters.get("tcpIpApp.sntp.gmtOffset"), -50400, 50400)
    web = [switch(parameters.get("httpd.enabled")), switch(parameters.get("httpd.cfg.enabled"))]
    return given(
        {
            "time.zone": parameters.get("tcpIpApp.sntp.gmtOffset"),
            "time.utc_offset": None if seconds is None else str(seconds // 60),
            "time.ntp": parameters.get("tcpIpApp.sntp.address"),
            "network.vlan.id": vlan(device.get("device.net.vlanId")),
            "network.lldp": yes_no(switch(device.get("device.net.lldpEnabled"))),
            "admin.password": device.get("device.auth.localAdminPassword"),
            "user.password": device.get("device.auth.localUserPassword"),
            "language": language(parameters.get("lcl.ml.lang")),
            "syslog.server": device.get("device.syslog.serverName"),
            "update.window": _update_window(parameters),
            "web.enabled": "no" if False in web else ("yes" if True in web else None),
        }
    )


def _update_window(parameters: Mapping[str, str]) -> str | None:
    if not switch(parameters.get("prov.polling.enabled")):
        return None
    mode = parameters.get("prov.polling.mode", "abs")
    start, end = parameters.get("prov.polling.time"), parameters.get("prov.polling.timeRandomEnd")
    if mode == "rel":
        return None
    if mode == "random" and not end:
        opened = window(start, None)
        return opened and window(start, later(opened[:5], whole(parameters.get("prov.polling.period"), 0) or 0))
    return window(start, end if mode == "random" else None)


def _server(device: Mapping[str, str]) -> str:
    name, kind = device.get("device.prov.serverName", ""), device.get("device.prov.serverType", "FTP")
    if not name or "://" in name:
        return name
    return f"{kind.lower()}://{name}"
