"""Snom settings files: settings, setting-files index, firmware-settings.  (pure)

`<settings><phone-settings><user_name idx="1" perm="RW">…</user_name>…`; identities count from 1, function keys from
0, a later file overrules an earlier one, and a firmware address counts only in a document of its own. The old text
form `user_name1!: value` is read too. Source: Snom Service Hub, XML provisioning and settings reference 10.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from provd.simulate.reading.markup import Element, parse_markup
from provd.simulate.reading.reading import Meaning, ReadAccount, Sheet, Source
from provd.simulate.reading.snom_keys import keys_of
from provd.simulate.reading.values import (
    codecs,
    given,
    grouped,
    host_port,
    joined,
    language,
    offset_minutes,
    switch,
    vlan,
    whole,
    window,
    yes_no,
)

_TEXT_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_]*?)([0-9]{1,3})?[!&$]?:[ \t]?(.*)\Z")
_INDEXED = ("user_", "fkey", "codec_", "blf_", "fwd_", "dnd_")
_PARTS = frozenset({"phone-settings", "functionKeys", "tbook", "dialplan", "gui-languages", "web-languages"})
_TRANSPORT = re.compile(r";transport=([a-z]+)", re.IGNORECASE)


def parse(source: Source) -> Sheet:
    """The settings as `name` or `name[idx]`, keys as `fkey[idx]` with `fkey[idx]@context` and so on.

    Raises Unreadable when the file is neither well-formed XML nor the old text form.
    """
    if re.match(rb"\s*(?:<html>\s*<pre>\s*)?[a-z_0-9]+[!&$]?:", source.content):
        return _parse_text(source)
    root = parse_markup(source.content)
    parameters: dict[str, str] = {}
    problems: list[str] = []
    if root.tag == "setting-files":
        files = [child.attributes.get("url", "").strip() for child in root.children if child.tag == "file"]
        if not all(files):
            problems.append("A <file> of the index has no url: the phone skips it.")
        return Sheet(source.name, {}, tuple(filter(None, files)), tuple(problems))
    if root.tag == "firmware-settings":
        for child in root.children:
            parameters[f"firmware-settings/{child.tag}"] = child.text.strip()
        return Sheet(source.name, parameters, problems=tuple(problems))
    refused = root.tag != "settings"
    if refused:
        problems.append(f"The root element is <{root.tag}>, not <settings>: the phone ignores the whole file.")
    for part in [root] if root.tag in _PARTS else root.children:
        _take_part(part, parameters, problems)
    return Sheet(source.name, parameters, problems=tuple(problems), refused=refused)


def _take_part(part: Element, parameters: dict[str, str], problems: list[str]) -> None:
    if part.tag == "functionKeys":
        for key in part.children:
            _take_key(key, parameters, problems)
    elif part.tag == "phone-settings":
        for setting in part.children:
            index = setting.attributes.get("idx")
            name = setting.tag if index is None else f"{setting.tag}[{index}]"
            _store(name, setting.text.strip(), parameters, problems)
    elif part.tag == "firmware-settings":
        problems.append("<firmware-settings> is inside <settings>: the phone takes it only from a file of its own.")
    elif part.tag not in _PARTS:
        problems.append(f"<{part.tag}> has no place in <settings>: the phone ignores it.")


def _take_key(key: Element, parameters: dict[str, str], problems: list[str]) -> None:
    index = key.attributes.get("idx", "")
    if key.tag != "fkey" or whole(index, 0, 999) is None:
        problems.append("An entry of <functionKeys> is no <fkey> with a whole number as idx: the phone ignores it.")
        return
    name = f"fkey[{whole(index)}]"
    _store(name, key.text.strip(), parameters, problems)
    for attribute in ("context", "label", "short_label", "perm"):
        parameters.pop(f"{name}@{attribute}", None)
        if attribute in key.attributes:
            parameters[f"{name}@{attribute}"] = key.attributes[attribute]


def _store(name: str, value: str, parameters: dict[str, str], problems: list[str]) -> None:
    if name in parameters:
        problems.append(f"{name} is set more than once: the last value counts.")
    parameters[name] = value


def _parse_text(source: Source) -> Sheet:
    """The old form, one `name!: value` a line; the number at the end of an indexed name is its index."""
    parameters: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", source.content.decode("utf-8", "replace")), 1):
        text = line.strip()
        if not text or text.startswith(("#", "<")):
            continue
        found = _TEXT_LINE.match(text)
        if found is None:
            problems.append(f"Line {number} is not 'name: value': the phone ignores it.")
            continue
        name, index, value = found.groups()
        indexed = index is not None and name.startswith(_INDEXED)
        _store(f"{name}[{index}]" if indexed else f"{name}{index or ''}", value.strip(), parameters, problems)
    return Sheet(source.name, parameters, problems=tuple(problems))


def interpret(parameters: Mapping[str, str], source: Source) -> Meaning:
    """What Snom settings mean, whatever files they came from."""
    identities = grouped(_by_index(parameters), r"([0-9]{1,2}):(.+)")
    accounts = tuple(
        _account(index, members, parameters)
        for index, members in identities.items()
        if index and any(name.startswith("user_") for name in members)
    )
    keys, problems = keys_of(parameters, accounts)
    status = parameters.get("firmware_status", "")
    return Meaning(
        accounts=accounts,
        keys=keys,
        settings=_settings(parameters),
        includes=(status,) if status else (),
        directory_urls=_directories(parameters),
        firmware_url=parameters.get("firmware-settings/firmware", ""),
        provisioning_url=parameters.get("setting_server", ""),
        problems=problems,
    )


def _by_index(parameters: Mapping[str, str]) -> dict[str, str]:
    """`user_name[1]` as `1:user_name`, for grouping by identity."""
    found = ((re.match(r"([a-z_0-9]+)\[([0-9]{1,2})\]\Z", name), value) for name, value in parameters.items())
    return {f"{match[2]}:{match[1]}": value for match, value in found if match}


def _account(index: int, members: Mapping[str, str], parameters: Mapping[str, str]) -> ReadAccount:
    def get(name: str) -> str:
        return members.get(name, "")

    host, port = host_port(get("user_host"))
    outbound = get("user_outbound")
    suffix = _TRANSPORT.search(outbound)
    transport = suffix[1].lower() if suffix else ""
    preferred = parameters.get(f"codec_priority_list[{index}]", "").split(",")
    return ReadAccount(
        index=index,
        enabled=switch(get("user_active")) is not False and bool(get("user_name")),
        label=get("user_idle_text"),
        display_name=get("user_realname"),
        user=get("user_name"),
        auth_user=get("user_pname") or get("user_name"),
        password=get("user_pass"),
        server=host,
        port=port,
        transport=transport if transport in ("udp", "tcp", "tls") else None,
        expires=whole(get("user_expiry"), 1),
        outbound_proxy=joined(*host_port(outbound)),
        voicemail=get("user_mailbox"),
        shared=switch(get("user_shared_line")) is True,
        srtp=_srtp(get("user_srtp"), get("user_savp")),
        codecs=codecs(preferred),
        dtmf=_dtmf(get("user_dtmf_info").lower(), preferred),
    )


def _dtmf(info: str, preferred: list[str]) -> str | None:
    """Without SIP INFO digits go as events of RFC 4733, unless the list of codecs leaves telephone-event out."""
    if info == "off" and any(preferred) and "telephone-event" not in map(str.strip, preferred):
        return "inband"
    return {"off": "rfc2833", "sip_info_only": "info", "on": "auto"}.get(info)


def _srtp(state: str, profile: str) -> str | None:
    """SRTP is on by default; `user_savp` says whether RTP/SAVP is offered (optional) or all there is (mandatory)."""
    if switch(state) is False:
        return "off"
    if profile.lower() == "mandatory":
        return "required"
    return "optional" if switch(state) or profile else None


def _directories(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """The pages behind the directory key, where a phone of this family finds its remote directory."""
    found = re.match(r"url\s+(\S+)", parameters.get("dkey_directory", ""))
    return (found[1],) if found else ()


def _settings(parameters: Mapping[str, str]) -> dict[str, str]:
    def get(*names: str) -> str:
        return next((parameters[name] for name in names if parameters.get(name)), "")

    zone = re.match(r"[A-Z]{3}([+-][0-9]{1,2}(?:[.:][0-9]{1,2})?)\Z", get("timezone"))
    minutes = offset_minutes(zone[1]) if zone else None
    seconds = whole(get("utc_offset"), -50400, 50400)
    if not get("timezone") and seconds is not None:
        minutes = seconds // 60
    web = get("webserver_type").lower()
    return given(
        {
            "time.zone": get("timezone"),
            "time.utc_offset": None if minutes is None else str(minutes),
            "time.ntp": get("ntp_server"),
            "network.vlan.id": vlan(get("vlan_id")),
            "network.pc_vlan.id": vlan(get("vlan_pc_id")),
            "network.lldp": yes_no(switch(get("lldp_enable"))),
            "admin.password": get("admin_mode_password", "webserver_admin_password", "http_pass"),
            "user.password": get("webserver_user_password"),
            "language": language(get("language", "web_language")),
            "syslog.server": get("syslog_server"),
            "update.window": _update_window(parameters),
            "web.enabled": ("no" if web == "off" else "yes") if web else None,
        }
    )


def _update_window(parameters: Mapping[str, str]) -> str | None:
    """In mode abs the phone comes at its time, in mode random between its time and the end given; rel has neither."""
    if not switch(parameters.get("prov_polling_enabled")):
        return None
    mode = parameters.get("prov_polling_mode", "").lower() or "abs"
    end = parameters.get("prov_polling_time_rand_end") if mode == "random" else None
    return window(parameters.get("prov_polling_time"), end) if mode in ("abs", "random") else None
