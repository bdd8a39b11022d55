"""Fanvil files in their three dialects: sysConf XML, VOIP_CONFIG_FILE XML and the text dump.  (pure)

Parameters are kept by path, `sip/line[1]/RegisterAddr`, with the `index` attribute, or the `<ID>` of a list entry,
in brackets. Sources: Fanvil Auto Provision Description; configuration exports of X3/X5 (text), X6 (XML), X210
(sysConf).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from provd.simulate.reading.fanvil_keys import keys_of
from provd.simulate.reading.markup import Element, parse_markup
from provd.simulate.reading.reading import Meaning, ReadAccount, Sheet, Source, Unreadable
from provd.simulate.reading.values import codecs, given, joined, language, switch, vlan, whole, yes_no
from provd.simulate.reading.values import port as port_of

TEXT_HEADER = "<<VOIP CONFIG FILE>>"
_SCHEMES = {"1": "ftp", "2": "tftp", "4": "http", "5": "https"}
_TRANSPORTS = {"0": "udp", "1": "tcp", "3": "tls"}
_DTMF = {"0": "inband", "1": "rfc2833", "2": "info", "3": "auto"}
_SRTP = {"0": "off", "1": "optional", "2": "required"}
_LANGUAGES = {"0": "en", "3": "nl", "4": "fr", "7": "it", "10": "es", "16": "de"}
_SECTION = re.compile(r"<([A-Z][A-Z0-9 _]*)>\Z")
_BLOCK = re.compile(r"--([^-:][^:]*?)--[ \t]*:")
_LINE = re.compile(
    r"(?:sip/line\[(?:sip)?([0-9]{1,2})\]/"
    r"|sipconfigmodule/siplinelist/siplinelistentry\[sip([0-9]{1,2})\]/"
    r"|sipconfigmodule/sip([0-9]{1,2}))([a-z0-9]+)\Z"
)


def parse(source: Source) -> Sheet:
    """The parameters of one file by path. Raises Unreadable for bytes that are none of the three dialects."""
    if source.content.lstrip().startswith(TEXT_HEADER.encode()):
        return _parse_text(source)
    if b"\0" in source.content:
        raise Unreadable("The file is neither XML nor text: it is encrypted, or no Fanvil configuration at all.")
    root = parse_markup(source.content)
    problems: list[str] = []
    refused = root.tag not in ("sysConf", "VOIP_CONFIG_FILE")
    if refused:
        problems.append(f"The root element is <{root.tag}>, not <sysConf>: the phone ignores the whole file.")
    parameters: dict[str, str] = {}
    _walk(root, parameters, problems)
    if not any(name.lower() == "version" and value for name, value in parameters.items()):
        problems.append("The file has no Version: the phone cannot tell whether it has applied it already.")
    return Sheet(source.name, parameters, problems=tuple(problems), refused=refused)


def _walk(root: Element, parameters: dict[str, str], problems: list[str]) -> None:
    waiting = [("", child) for child in reversed(root.children)]
    while waiting:
        above, element = waiting.pop()
        index = element.attributes.get("index", element.text_of("ID"))
        path = f"{above}{element.tag}[{index.strip()}]" if index else f"{above}{element.tag}"
        if element.children:
            waiting.extend((f"{path}/", child) for child in reversed(element.children))
            continue
        if path in parameters:
            problems.append(f"{path} is set more than once: the last value counts.")
        parameters[path] = element.text.strip()


def _parse_text(source: Source) -> Sheet:
    """The text dump: `<SECTION>` lines, `--Block--:` lines and `Name :value` lines up to `<<END OF FILE>>`."""
    text = source.content.lstrip().decode("utf-8", "replace")
    parameters: dict[str, str] = {}
    problems: list[str] = []
    section = block = ""
    ended = False
    lines = re.split(r"\r\n|\n|\r", text)
    parameters["Version"] = lines[0].partition("Version:")[2].strip()
    for number, line in enumerate(lines[1:], 2):
        stripped = line.strip()
        if stripped == "<<END OF FILE>>":
            ended = True
            break
        heading, part = _SECTION.match(stripped), _BLOCK.match(stripped)
        if heading:
            section, block = f"{heading[1]}/", ""
        elif part:
            block = f"{part[1].strip()}/" if re.search(r"key", part[1], re.IGNORECASE) else ""
        elif stripped:
            name, colon, value = line.partition(":")
            path = f"{section}{block}{' '.join(name.split())}"
            if not colon or not name.strip():
                problems.append(f"Line {number} is not 'Name :value': the phone ignores it.")
                continue
            if path in parameters:
                problems.append(f"{path} is set more than once: the last value counts.")
            parameters[path] = value.strip()
    if not ended:
        problems.append("The file does not end with <<END OF FILE>>: it is not complete.")
    return Sheet(source.name, parameters, problems=tuple(problems))


def plain(path: str) -> str:
    """A path without regard to blanks, underscores, hyphens and case, in which the dialects differ."""
    return re.sub(r"[ _-]", "", path).lower()


def interpret(parameters: Mapping[str, str], source: Source) -> Meaning:
    """What Fanvil parameters mean, in whichever dialect they came."""
    values = {plain(name): value for name, value in parameters.items()}
    problems: list[str] = []
    old = any(name.startswith("sipconfigmodule/") for name in values)
    accounts = tuple(_account(index, line, old, problems) for index, line in _lines(values).items() if index)
    keys, key_problems = keys_of(values, accounts)
    books = sorted(name for name in values if re.search(r"xmlcontact\[[0-9]+\]/addr\Z", name))
    return Meaning(
        accounts=accounts,
        keys=keys,
        settings=_settings(values),
        directory_urls=tuple(values[name] for name in books if values[name]),
        firmware_url=_end(values, "/autoimageurl") or _end(values, "fwcheck/upgradeserver1"),
        provisioning_url=_server(values),
        problems=(*problems, *key_problems),
    )


def _lines(values: Mapping[str, str]) -> dict[int, dict[str, str]]:
    lines: dict[int, dict[str, str]] = {}
    for name, value in values.items():
        found = _LINE.match(name)
        if found:
            lines.setdefault(int(found[1] or found[2] or found[3]), {})[found[4]] = value
    wanted = ("enablereg", "phonenumber", "registeraddr")
    return {index: line for index, line in sorted(lines.items()) if any(name in line for name in wanted)}


def _account(index: int, line: Mapping[str, str], old: bool, problems: list[str]) -> ReadAccount:
    def get(*names: str) -> str:
        return next((line[name] for name in names if line.get(name)), "")

    user = get("phonenumber")
    # TLS is 3 on current firmware and 2 on the old X3S and X4.
    transports = _TRANSPORTS | {"2": "tls"} if old else _TRANSPORTS
    transport = get("transport")
    if transport and transport not in transports:
        problems.append(f"Line {index} names transport {transport}, which is none of 0 UDP, 1 TCP and 3 TLS.")
    return ReadAccount(
        index=index,
        enabled=switch(get("enablereg")) is True,
        display_name=get("displayname"),
        user=user,
        auth_user=get("registeruser") or user,
        password=get("registerpswd", "registerpwd"),
        server=get("registeraddr"),
        port=port_of(get("registerport")),
        transport=transports.get(transport),
        expires=whole(get("registerttl"), 1),
        outbound_proxy=joined(get("proxyaddr"), port_of(get("proxyport"))),
        voicemail=get("mwinum"),
        shared=switch(get("enablesca")) is True,
        srtp=_SRTP.get(get("mediacrypto")),
        codecs=codecs(get("voicecodecmap").split(",")),
        dtmf=_DTMF.get(get("dtmfmode")),
    )


def _end(values: Mapping[str, str], *ends: str) -> str:
    """The value of the first path that ends in one of `ends`, in their order; "" when none has a value."""
    for end in ends:
        for name, value in values.items():
            if value and name.endswith(end) and (name == end or end.startswith("/") or name[-len(end) - 1] == "/"):
                return value
    return ""


def _server(values: Mapping[str, str]) -> str:
    server = _end(values, "ap/flashserverip", "autoupdateconfigmodule/flashserverip")
    scheme = _SCHEMES.get(_end(values, "ap/flashprotocol", "autoupdateconfigmodule/flashprotocol"))
    return f"{scheme}://{server}" if server and scheme and "://" not in server else server


def _settings(values: Mapping[str, str]) -> dict[str, str]:
    quarters = _end(values, "date/timezone", "globalconfigmodule/timezone")
    name = _end(values, "date/timezonename", "globalconfigmodule/timezonename")
    steps = whole(quarters, -56, 56)
    speech = _end(values, "display/defaultlanguage", "globalconfigmodule/language")
    tagged = switch(_end(values, "qos/enablevlan", "qosconfigmodule/enablevlan"))
    # 1 and 2 are both on: 2 gives the PC port a VLAN of its own.
    pc_tagged = whole(_end(values, "qos/enablepvid", "qosconfigmodule/enablepvid"), 1) is not None
    syslog = _end(values, "log/syslogserver", "mmiconfigmodule/syslogserver")
    passwords = _passwords(values)
    return given(
        {
            "time.zone": name or quarters,
            "time.utc_offset": None if steps is None else str(steps * 15),
            "time.ntp": _end(values, "date/sntpserver", "globalconfigmodule/sntpserver"),
            "network.vlan.id": vlan(_end(values, "qos/vlanid", "qosconfigmodule/vlanid")) if tagged else None,
            "network.pc_vlan.id": vlan(_end(values, "qos/pvidvalue", "qosconfigmodule/pvidvalue"))
            if pc_tagged
            else None,
            "network.lldp": yes_no(switch(_end(values, "qos/lldptransmit", "qosconfigmodule/lldptransmit"))),
            "admin.password": passwords.get("10"),
            "user.password": passwords.get("5"),
            "language": _LANGUAGES.get(speech) or language(speech),
            "syslog.server": None if syslog == "0.0.0.0" else syslog,  # noqa: S104 - the vendor's word for none
        }
    )


def _passwords(values: Mapping[str, str]) -> dict[str, str]:
    """The web passwords by level: 10 administrator, 5 user."""
    levels = {}
    for name, value in values.items():
        found = re.match(r"(.*account(?:entry)?(?:\[[^\]]*\]|[0-9]*))(/?)level\Z", name)
        if found:
            levels[value] = values.get(f"{found[1]}{found[2]}password", "")
    return levels
