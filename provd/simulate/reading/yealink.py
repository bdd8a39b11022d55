"""Yealink configuration and boot files: `name = value` lines.  (pure)

The value is the rest of the line, without quoting or escaping, so a line break inside a value really starts a new
parameter. Source: Yealink auto provisioning guide V81 ff. (boot files, `include:config`, header line), administrator
guide (parameters). Names from before V81 are understood too: the same without `static.`, `sip_server_host`,
numbered codecs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from provd.simulate.reading.reading import Meaning, ReadAccount, Sheet, Source, Unreadable
from provd.simulate.reading.values import (
    codecs,
    given,
    grouped,
    joined,
    language,
    offset_minutes,
    switch,
    vlan,
    whole,
    window,
    yes_no,
)
from provd.simulate.reading.values import port as port_of
from provd.simulate.reading.yealink_keys import keys_of

HEADER = "#!version:1.0.0.1"
LINE_LIMIT = 100_000

_INCLUDE = re.compile(r"include:config[ \t]*(?:\"([^\"]*)\"|<([^>]*)>)\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*\Z")
_PASSWORDS = re.compile(r"(?:static\.)?security\.user_password\Z")
_TRANSPORTS = {"0": "udp", "1": "tcp", "2": "tls", "3": "auto"}
_SRTP = {"0": "off", "1": "optional", "2": "required"}
_DTMF = {"0": "inband", "1": "rfc2833", "2": "info", "3": "auto"}


class _Page:
    """Collects what the lines of one file say."""

    def __init__(self, name: str) -> None:
        self.boot = name.lower().endswith(".boot")
        self.plain = name.lower().endswith(".cfg")
        self.parameters: dict[str, str] = {}
        self.includes: list[str] = []
        self.problems: list[str] = []

    def take(self, number: int, line: str) -> None:
        text = line.strip(" \t")
        if not text or text.startswith("#"):
            return
        if text.startswith("include:"):
            self._include(number, text)
            return
        name, equals, value = text.partition("=")
        name = name.rstrip(" \t")
        if not equals:
            self.problems.append(f"Line {number} has no '=': the phone ignores it.")
        elif not _NAME.match(name):
            self.problems.append(f"Line {number} does not start with the name of a parameter: the phone ignores it.")
        elif self.boot and name != "overwrite_mode":
            self.problems.append(f"Line {number} sets {name}, but a boot file holds no parameters: it is ignored.")
        else:
            self._store(number, name, value.strip(" \t"))

    def _include(self, number: int, text: str) -> None:
        found = _INCLUDE.match(text)
        where = ((found[1] or found[2] or "") if found else "").strip()
        if not where:
            self.problems.append(f'Line {number} does not name a file as include:config "file": it is ignored.')
        elif self.plain:
            self.problems.append(f"Line {number} includes a file, which only a boot file may: it is ignored.")
        else:
            self.includes.append(where)

    def _store(self, number: int, name: str, value: str) -> None:
        if any(character < " " for character in value):
            self.problems.append(f"Line {number} has a control character in the value of {name}.")
        value = "" if value == "%NULL%" else value
        if _PASSWORDS.match(name) and name in self.parameters:
            # One line a role: `admin:…`, `user:…`, `var:…`; all of them count.
            value = f"{self.parameters[name]}\n{value}"
        elif name in self.parameters:
            self.problems.append(f"{name} is set more than once, again on line {number}: the last value counts.")
        self.parameters[name] = value


def parse(source: Source) -> Sheet:
    """The lines of a .cfg or .boot file. Raises Unreadable for bytes that are not text."""
    if b"\0" in source.content:
        raise Unreadable("The file is not text: it is encrypted, or no Yealink configuration at all.")
    page = _Page(source.name)
    text = source.content.decode("utf-8", "replace")
    if "\ufffd" in text:
        page.problems.append("The file holds bytes that are not UTF-8: the phone shows them as wrong characters.")
    lines = re.split(r"\r\n|\n|\r", text)
    if len(lines) > LINE_LIMIT:
        raise Unreadable(f"The file has {len(lines)} lines; {LINE_LIMIT} are the most that is read.")
    refused = lines[0] != HEADER
    if refused:
        page.problems.insert(0, f"The first line is not exactly '{HEADER}': the phone ignores the whole file.")
    for number, line in enumerate(lines, 1):
        page.take(number, line)
    return Sheet(source.name, page.parameters, tuple(page.includes), tuple(page.problems), refused)


def interpret(parameters: Mapping[str, str], source: Source) -> Meaning:
    """What Yealink parameters mean, whatever file they came from."""
    modern = _modern(parameters)
    accounts = tuple(
        _account(index, members, modern)
        for index, members in grouped(modern, r"account\.([0-9]{1,2})\.(.+)").items()
        if index and any(name.split(".")[0] in _IDENTITY for name in members)
    )
    keys, problems = keys_of(modern, {account.index for account in accounts if account.shared})
    books = grouped(modern, r"remote_phonebook\.data\.([0-9]{1,3})\.(url)").values()
    urls = [book["url"] for book in books] + [modern.get("local_contact.data.url", "")]
    return Meaning(
        accounts=accounts,
        keys=keys,
        settings=_settings(modern),
        directory_urls=tuple(url for url in urls if url),
        firmware_url=modern.get("firmware.url", ""),
        provisioning_url=modern.get("auto_provision.server.url", ""),
        problems=problems,
    )


_IDENTITY = frozenset({"enable", "label", "display_name", "auth_name", "user_name", "password"}) | frozenset(
    {"sip_server", "sip_server_host"}
)


def _modern(parameters: Mapping[str, str]) -> dict[str, str]:
    """Parameters by their name without `static.`, which firmware before V81 did not have; the `static.` name wins."""
    modern = {name: value for name, value in parameters.items() if not name.startswith("static.")}
    modern.update((name[7:], value) for name, value in parameters.items() if name.startswith("static."))
    return modern


def _account(index: int, members: Mapping[str, str], parameters: Mapping[str, str]) -> ReadAccount:
    def first(*names: str) -> str:
        return next((members[name] for name in names if members.get(name)), "")

    proxy = ""
    if switch(members.get("outbound_proxy_enable")):
        proxy = joined(
            first("outbound_proxy.1.address", "outbound_host"), port_of(first("outbound_proxy.1.port", "outbound_port"))
        )
    user = first("user_name")
    return ReadAccount(
        index=index,
        enabled=switch(members.get("enable")) is True,
        label=first("label"),
        display_name=first("display_name"),
        user=user,
        auth_user=first("auth_name") or user,
        password=first("password"),
        server=first("sip_server.1.address", "sip_server_host"),
        port=port_of(first("sip_server.1.port", "sip_server_port")),
        transport=_TRANSPORTS.get(first("sip_server.1.transport_type", "transport")),
        expires=whole(first("sip_server.1.expires", "expires"), 1),
        outbound_proxy=proxy,
        voicemail=parameters.get(f"voice_mail.number.{index}", ""),
        shared=(whole(first("shared_line")) or 0) > 0,
        srtp=_SRTP.get(first("srtp_encryption")),
        codecs=_codecs(members),
        dtmf=_DTMF.get(first("dtmf.type")),
    )


def _codecs(members: Mapping[str, str]) -> tuple[str, ...]:
    """The enabled codecs by priority, 1 first. Before V81 codecs are numbered and carry their payload type's name."""
    chosen: list[tuple[int, str]] = []
    for name, value in members.items():
        parts = name.split(".")
        if len(parts) != 3 or parts[0] != "codec" or parts[2] != "enable" or not switch(value):
            continue
        called = members.get(f"codec.{parts[1]}.payload_type", parts[1])
        chosen.append((whole(members.get(f"codec.{parts[1]}.priority"), 0) or 0, called))
    return codecs(name for _, name in sorted(chosen, key=lambda pair: pair[0]))


def _settings(parameters: Mapping[str, str]) -> dict[str, str]:
    def get(name: str) -> str:
        return parameters.get(name, "")

    hours = get("local_time.time_zone")
    minutes = offset_minutes(hours)
    web = [switch(get("wui.http_enable")), switch(get("wui.https_enable"))]
    roles = dict(line.partition(":")[::2] for line in get("security.user_password").split("\n"))
    tagged = switch(get("network.vlan.internet_port_enable"))
    pc_tagged = switch(get("network.vlan.pc_port_enable"))
    return given(
        {
            "time.zone": get("local_time.time_zone_name") or hours,
            "time.utc_offset": None if minutes is None else str(minutes),
            "time.ntp": get("local_time.ntp_server1"),
            "network.vlan.id": vlan(get("network.vlan.internet_port_vid")) if tagged else None,
            "network.pc_vlan.id": vlan(get("network.vlan.pc_port_vid")) if pc_tagged else None,
            "network.lldp": yes_no(switch(get("network.lldp.enable"))),
            "admin.password": roles.get("admin"),
            "user.password": roles.get("user"),
            "language": language(get("lang.gui") or get("lang.wui")),
            "syslog.server": get("syslog.server") if switch(get("syslog.enable")) is not False else None,
            "update.window": _update_window(parameters),
            "web.enabled": "yes" if True in web else ("no" if web == [False, False] else None),
        }
    )


def _update_window(parameters: Mapping[str, str]) -> str | None:
    for kind in ("weekly", "flexible"):
        start = f"auto_provision.{kind}."
        if switch(parameters.get(start + "enable")):
            return window(parameters.get(start + "begin_time"), parameters.get(start + "end_time"))
    return None
