"""What this product writes into the files of a model by itself, found by writing them and reading them back.  (pure)

An import keeps as raw parameters only what is not among these. The same way round it finds settings that the readers
do not name: a value is ours when the file says exactly what our file would say with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from provd.importing.vendor_terms import plain_name
from provd.phone.config import Account, PhoneFacts, Urls, resolve
from provd.phone.directory import CompanyDirectory
from provd.phone.layer import Layer, merge
from provd.phone.model import Model
from provd.phone.parameter import PARAMETERS, Value
from provd.phone.zone import Zone, parse_posix
from provd.render import render_file
from provd.simulate.reading import Unreadable, read

if TYPE_CHECKING:
    from provd.catalogue import Catalogue

_MAC = "02005e000001"
_MARK = "x8675309"
_CHOICES = ("calls.waiting", "time.format", "network.cdp")
_TEXTS = ("calls.dial_plan",)
_WITH_SUMMER = parse_posix("America/Chicago", "CST6CDT,M3.2.0,M11.1.0")
_WITHOUT = Zone("UTC", 0, "UTC0")
_EVERYTHING: Mapping[str, Value] = {
    "network.vlan.id": 7, "network.pc_vlan.id": 8, "syslog.server": "log.example", "calls.dial_plan": "x.",
    "admin.password": "a", "user.password": "u", "time.ntp": ("a.example", "b.example"), "sip.srtp": "optional",
}  # fmt: skip

# As different from it as can be, so that what is the same in both files is the same in every file.
_OTHERWISE: Mapping[str, Value] = {
    "audio.codecs": ("pcma",), "calls.waiting": False, "codes.hot_desk": "*1", "directory.title": "Names",
    "language": "de", "network.cdp": True, "network.lldp": False, "pickup.code": "*2", "sip.dtmf": "info",
    "sip.expires": 120, "sip.port": 5070, "sip.srtp": "off", "sip.transport": "tls", "time.format": "24",
    "time.ntp": (), "update.nightly": False, "voicemail.number": "*3", "web.enabled": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """`names`: every parameter we may write for a model (see plain_name); `signs`: setting → value → what the file
    then says; `texts`: setting → (the parameters that hold it, what they hold when it is empty); `always`: parameters
    that say the same in every file of ours."""

    names: frozenset[str]
    signs: Mapping[str, Mapping[Value, Mapping[str, str]]]
    texts: Mapping[str, Mapping[str, str]]
    always: Mapping[str, str]

    def settings(self, parameters: Mapping[str, str]) -> dict[str, Value]:
        """The settings that parameters (by plain name) agree with, where they agree with exactly one value."""
        found: dict[str, Value] = {}
        for setting, signs in self.signs.items():
            fitting = [value for value, sign in signs.items() if _agrees(parameters, sign)]
            if len(fitting) == 1:
                found[setting] = fitting[0]
        for setting, empty in self.texts.items():
            said = {parameters[name] for name in empty if parameters.get(name) not in (None, "", empty[name])}
            if len(said) == 1:
                found[setting] = said.pop()
        return found


def _agrees(parameters: Mapping[str, str], sign: Mapping[str, str]) -> bool:
    known = [name for name in sign if name in parameters]
    return bool(known) and all(parameters[name].lower() == sign[name].lower() for name in known)


class WrittenByUs:
    """What is written for each model, worked out once a model."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, Written] = {}

    def of(self, model: Model) -> Written:
        """What is written for this model."""
        if model.id not in self._known:
            self._known[model.id] = self._work_out(model)
        return self._known[model.id]

    def _work_out(self, model: Model) -> Written:
        full, bare = self._parameters(model, _EVERYTHING, _WITH_SUMMER), self._parameters(model, {}, _WITHOUT)
        other = self._parameters(model, _OTHERWISE, _WITHOUT, "Bob")
        names = frozenset(full) | frozenset(bare) | frozenset(other)
        signs = {}
        for setting in _CHOICES:
            choices: tuple[Value, ...] = PARAMETERS[setting].choices or (True, False)
            files = {value: self._parameters(model, {setting: value}, _WITHOUT) for value in choices}
            differing = [name for name in names if len({file.get(name) for file in files.values()}) > 1]
            signs[setting] = {
                value: {name: file[name] for name in differing if name in file} for value, file in files.items()
            }
        texts = {}
        for setting in _TEXTS:
            marked = self._parameters(model, {setting: _MARK}, _WITHOUT)
            texts[setting] = {name: bare.get(name, "") for name, value in marked.items() if value == _MARK}
        always = {name: value for name, value in full.items() if other.get(name) == value}
        return Written(names, MappingProxyType(signs), MappingProxyType(texts), MappingProxyType(always))

    def _parameters(self, model: Model, values: Mapping[str, Value], zone: Zone, who: str = "Ada") -> dict[str, str]:
        """The parameters, by plain name, of every file that holds settings, for a phone with all its lines."""
        full = bool(values.get("network.vlan.id"))
        family = self._catalogue.families[model.family]
        accounts = tuple(
            Account(line, "101", "101", who, who, "pass-word", "acme.example") for line in range(1, model.accounts + 1)
        )
        facts = PhoneFacts(
            mac=_MAC, model=model.id, accounts=accounts, merged=merge([Layer("phone", "phone", values)]),
            directory=CompanyDirectory(()), positions=model.positions(), sip_host="pbx.example", zone=zone,
            urls=Urls("http://pv.example/p/", "http://pv.example/d.xml", "http://pv.example/f", "u", "p")
            if full else Urls(""),
        )  # fmt: skip
        config, found = resolve(facts), dict[str, str]()
        for rule in family.files:
            name = rule.file_name(_MAC, model)
            if rule.role in ("config", "index") and rule.template and name is not None:
                content = render_file(rule, config, model, family)
                try:
                    read_back = read(family.id, name, content, mac=_MAC, model=model.user_agents[0])
                except Unreadable:
                    continue  # a file for other eyes than a settings reader's
                found |= {plain_name(family.id, name): value for name, value in read_back.parameters.items()}
        return found
