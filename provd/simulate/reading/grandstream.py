"""Grandstream `gs_provision` files, of phones and of HT8xx adapters.  (pure)

`<config version="1">` holds P-values (`<P271>1</P271>`), `<config version="2">` holds aliases
(`<item name="account.1.enable">Yes</item>`); a file is one or the other. A phone rejects a file whose `<mac>` is that
of another phone. Sources: Grandstream SIP Device Provisioning Guide; configuration templates GXP21xx 1.0.11.79,
GRP26xx 1.0.3.6, HT814.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from provd.simulate.reading.grandstream_accounts import adapter_accounts, phone_accounts
from provd.simulate.reading.grandstream_keys import keys_of
from provd.simulate.reading.markup import Element, parse_markup
from provd.simulate.reading.reading import Meaning, ReadKey, Sheet, Source, Unreadable
from provd.simulate.reading.values import given, grouped, language, offset_minutes, switch, vlan, whole, window, yes_no

_SCHEMES = {"0": "tftp", "1": "http", "2": "https", "3": "ftp", "4": "ftps"}
_BOOK_SCHEMES = {"1": "http", "2": "tftp", "3": "https"}
_BOOK_SCHEMES |= {"enabledusehttp": "http", "enabledusetftp": "tftp", "enabledusehttps": "https"}
# A time zone as P64 or POSIX spells it: letters, then hours WEST of UTC (POSIX.1, 8.3).
_ZONE = re.compile(r"(?:[A-Za-z]{3,6}|<[^<>]{1,8}>)([+-]?[0-9]{1,2}(?::[0-9]{2})?)")


def parse(source: Source) -> Sheet:
    """The P-values and aliases of a gs_provision file. Raises Unreadable when it is not well-formed XML."""
    if source.content.startswith(b"Salted__"):
        raise Unreadable("The file is encrypted with its password (P1359): decrypt it first.")
    root = parse_markup(source.content)
    problems: list[str] = []
    refused = root.tag != "gs_provision"
    if refused:
        problems.append(f"The root element is <{root.tag}>, not <gs_provision>: the phone ignores the whole file.")
    meant = re.sub(r"[^0-9a-f]", "", root.text_of("mac").lower())
    if meant and source.mac and meant != source.mac:
        problems.append("The file names the MAC address of another phone: this phone rejects it.")
        refused = True
    configs = [child for child in root.children if child.tag == "config"]
    if not configs:
        problems.append("The file has no <config> element, so it sets nothing.")
    parameters: dict[str, str] = {}
    for config in configs:
        _take_config(config, source.family, parameters, problems)
    if len({config.attributes.get("version", "1") for config in configs}) > 1:
        problems.append("The file mixes config versions 1 and 2: use one of them.")
    return Sheet(source.name, parameters, problems=tuple(problems), refused=refused)


def _take_config(config: Element, family: str, parameters: dict[str, str], problems: list[str]) -> None:
    version = config.attributes.get("version", "1")
    if version not in ("1", "2"):
        problems.append(f"Config version {version} is unknown: the phone ignores its values.")
        return
    if version == "2" and family == "grandstream-ht":
        problems.append("HT8xx adapters read config version 1 only: the aliases are ignored.")
        return
    for element in config.children:
        p_value = re.match(r"[Pp]([0-9]{1,6})\Z", element.tag)
        if p_value and version == "1":
            _store(f"P{p_value[1]}", element.text, parameters, problems)
        elif element.tag == "item" and version == "2":
            _take_item(element, parameters, problems)
        else:
            problems.append(f"<{element.tag}> has no place in config version {version}: the phone ignores it.")


def _take_item(item: Element, parameters: dict[str, str], problems: list[str]) -> None:
    """One alias, or several as `<part name="…">` children, which complete the name of the item."""
    name = item.attributes.get("name", "").strip()
    if not name:
        problems.append("An <item> has no name: the phone ignores it.")
        return
    if not item.children:
        _store(name, item.text, parameters, problems)
    for part in item.children:
        _store(f"{name}.{part.attributes.get('name', '').strip()}", part.text, parameters, problems)


def _store(name: str, text: str, parameters: dict[str, str], problems: list[str]) -> None:
    if name in parameters:
        problems.append(f"{name} is set more than once: the last value counts.")
    parameters[name] = text.strip()


def combine(sheets: Sequence[Sheet]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The first file wins and is the only one, unless it lets the phone process all of them; then later ones win."""
    parameters: dict[str, str] = {}
    problems = []
    for number, sheet in enumerate(sheets):
        if number and not _first(_lower(parameters), "P8467", "provisioning.config.processAll.enable"):
            problems.append(f"{sheet.name or 'A further file'} is not read: the phone stops at the first file it gets.")
            continue
        parameters.update(sheet.parameters)
    return parameters, tuple(problems)


def interpret(parameters: Mapping[str, str], source: Source) -> Meaning:
    """What P-values and aliases mean for a phone (`grandstream`) or an adapter (`grandstream-ht`)."""
    values = _lower(parameters)
    keys: tuple[ReadKey, ...] = ()
    problems: tuple[str, ...] = ()
    if source.family == "grandstream-ht":
        accounts = adapter_accounts(values)
    else:
        keys, problems = keys_of(values, source.model)
        # A line is shared by the mode of its key; the account itself has no such parameter.
        shared = {key.line for key in keys if key.kind == "shared_line"}
        accounts = tuple(replace(account, shared=account.index in shared) for account in phone_accounts(values))
    wrong = [
        f"{name} holds a scheme, but takes host/path only."
        for name in ("P237", "P192", "P331", "provisioning.config.serverPath", "provisioning.firmware.serverPath")
        if "://" in values.get(name.lower(), "")
    ]
    return Meaning(
        accounts=accounts,
        keys=keys,
        settings=_settings(values, source.family == "grandstream-ht"),
        directory_urls=_directories(values),
        firmware_url=_url(values, "firmware", "P6767", "P192"),
        provisioning_url=_url(values, "config", "P212", "P237"),
        problems=(*problems, *wrong),
    )


def _lower(parameters: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in parameters.items()}


def _text(values: Mapping[str, str], *names: str) -> str:
    """The first of several names that has a value; names in any case."""
    return next((values[name.lower()] for name in names if values.get(name.lower())), "")


def _first(values: Mapping[str, str], *names: str) -> bool | None:
    return switch(_text(values, *names))


def _url(values: Mapping[str, str], what: str, scheme_value: str, path_value: str) -> str:
    path = _text(values, path_value, f"provisioning.{what}.serverPath")
    word = _text(values, scheme_value, f"provisioning.{what}.protocol")
    if not path or "://" in path:
        return path
    scheme = _SCHEMES.get(word) or (word.lower() if word.lower() in _SCHEMES.values() else "")
    return f"{scheme}://{path}" if scheme else path


def _directories(values: Mapping[str, str]) -> tuple[str, ...]:
    urls = []
    scheme = _BOOK_SCHEMES.get(_text(values, "P330", "phonebook.download.mode").lower())
    server = _text(values, "P331", "phonebook.download.server")
    if scheme and server:
        # The phone appends the fixed name of the phone book itself.
        base = server if "://" in server else f"{scheme}://{server}"
        urls.append(f"{base.rstrip('/')}/phonebook.xml")
    books = grouped(values, r"remote\.phonebook\.([0-9]{1,2})\.(url)").values()
    return (*urls, *(book["url"] for book in books if book["url"]))


def _settings(values: Mapping[str, str], adapter: bool) -> dict[str, str]:
    zone = _text(values, "P64", "dateTime.timezone")
    if not zone or zone.lower() == "customize":
        zone = _text(values, "P246", "dateTime.timezone.custom") or zone
    web = _text(values, "security.webAccessMode")
    return given(
        {
            "time.zone": zone,
            "time.utc_offset": _utc_offset(zone),
            "time.ntp": _text(values, "P30", "dateTime.ntp.server.1"),
            "network.vlan.id": vlan(_text(values, "P51", "network.port.eth.1.vlan.tag")),
            "network.pc_vlan.id": vlan(_text(values, "P229", "network.port.pc.vlan.tag")),
            "network.lldp": yes_no(_first(values, "P1684", "network.lldp.enable")),
            "admin.password": _text(values, "P2", "users.admin.password"),
            "user.password": _text(values, "P196", "users.user.password"),
            "language": language(_text(values, "P1362", "language.gui")),
            "syslog.server": _text(values, "P207", "maintain.syslog.server"),
            "update.window": _update_window(values, adapter),
            "web.enabled": ("no" if web.lower() == "disabled" else "yes") if web else None,
        }
    )


def _utc_offset(zone: str) -> str | None:
    found = _ZONE.match(zone)
    minutes = offset_minutes(found[1]) if found else None
    return None if minutes is None else str(-minutes)


def _update_window(values: Mapping[str, str], adapter: bool) -> str | None:
    """The hours of a daily or weekly look. Newer adapters count the modes in P22296 as phones do in P194; in the
    P194 of adapters 1 is daily and 2 weekly."""
    mode = _text(values, *(("P22296",) if adapter else ("P194", "provisioning.auto.mode"))).lower()
    timed = mode in ("2", "3", "yesupgradehourofday", "yesupgradedayofweek")
    if not timed and not (adapter and not mode and _text(values, "P194") in ("1", "2")):
        return None
    start = whole(_text(values, "P285", "provisioning.auto.hour"), 0, 23)
    end = whole(_text(values, "P8459", "provisioning.auto.endHour"), 0, 23)
    if start is None:
        return None
    return window(f"{start:02}00", None if end is None else f"{end:02}00")
