"""Who is asking, and for what: from path, headers and certificate to an Identity.  (pure)

Rules of this file: it believes nothing, it only reads. Whether a MAC is known and may have its secrets is for
admission.py. The path names the file; the MAC in it wins over the one in the User-Agent, which any client can set,
and a certificate that names another MAC makes the request a forgery.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from provd.exchange import PhoneRequest
from provd.phone.model import Family, FileRule, Model

LONGEST_PATH = 256

# Twelve hexadecimal digits on their own; the `a` of Cisco's `spa<mac>.xml` is none of them.
_TWELVE = re.compile(r"(?:(?<![0-9A-Fa-f])|(?<=spa))[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NAME = re.compile(r"[A-Za-z0-9._ ()$+-]+(/[A-Za-z0-9._ ()$+-]+){0,3}")


@dataclass(frozen=True, slots=True)
class Agent:
    """What a User-Agent says: each part empty where it says nothing."""

    family: str = ""
    model: str = ""
    firmware: str = ""
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A request understood. `name` is the file as asked, `pattern` the same with its MAC replaced by `{mac}`.

    `mac` is empty for files without one; `sure` tells where it came from: path, certificate, user_agent or nothing.
    `forged` is set when a valid certificate names another MAC than the path does.
    """

    token: str
    name: str
    pattern: str
    mac: str
    sure: str
    agent: Agent
    certificate_mac: str = ""
    forged: bool = False


class Recogniser:
    """Reads User-Agents by the families' patterns, and finds which files a name can mean."""

    def __init__(self, families: Mapping[str, Family], models: Mapping[str, Model]) -> None:
        self._families = tuple(families.values())
        self._model_names = {
            (model.family, name.casefold()): model.id for model in models.values() for name in model.user_agents
        }
        self._files: dict[str, dict[str, FileRule]] = {}
        for model in models.values():
            for rule in families[model.family].files:
                self._note(rule, model)
        self._vendors = {oui: family.vendor for family in families.values() for oui in family.ouis}
        self.agent = lru_cache(8192)(self._agent)

    def _note(self, rule: FileRule, model: Model) -> None:
        name = rule.file_name("{mac}", model)
        if name is None:
            return
        pattern = name.replace("{MAC}", "{mac}").casefold()
        self._files.setdefault(pattern, {}).setdefault(model.id, rule)

    def candidates(self, pattern: str) -> Mapping[str, FileRule]:
        """What a name pattern means to each model that asks for it, by model id; empty for a name nobody asks for."""
        return self._files.get(pattern.casefold(), {})

    def vendor_of(self, mac: str) -> str:
        """The vendor that has the MAC's range, as a hint; empty when no family claims it."""
        return self._vendors.get(mac[:6], "")

    def _agent(self, user_agent: str) -> Agent:
        for family in self._families:
            for recognition in family.recognitions:
                found = recognition.pattern.search(user_agent)
                if found:
                    said = found.groupdict()
                    name = (said.get("model") or "").casefold()
                    return Agent(
                        family=family.id,
                        model=self._model_names.get((family.id, name), ""),
                        firmware=(said.get("firmware") or "")[:64],
                        mac=re.sub("[^0-9a-f]", "", (said.get("mac") or "").lower()),
                    )
        return Agent()


def identify(request: PhoneRequest, recogniser: Recogniser) -> Identity | None:
    """Read a request. None when the path is none that any phone would send (`..`, controls, too long)."""
    parts = _split(request.path)
    if parts is None:
        return None
    token, name = parts
    macs = _TWELVE.findall(name)
    agent = recogniser.agent(request.user_agent[:300])
    certificate_mac = _certificate_mac(request)
    if macs:
        mac, sure = macs[0].lower(), "path"
        pattern = _TWELVE.sub("{mac}", name)
        if recogniser.candidates(name):  # `y000000000108.cfg` and `000000000000.cfg` look like a MAC and are none
            mac, sure, pattern = certificate_mac or agent.mac, "user_agent" if agent.mac else "", name
    else:
        mac = certificate_mac or agent.mac
        sure = "certificate" if certificate_mac else "user_agent" if mac else ""
        pattern = name
    forged = bool(certificate_mac and mac and certificate_mac != mac)
    return Identity(token, name, pattern, mac, sure, agent, certificate_mac, forged)


def _split(path: str) -> tuple[str, str] | None:
    """`p/<token>/<file>` → (token, file); `p/<file>` and `<file>` → ("", file)."""
    if len(path) > LONGEST_PATH:
        return None
    token = ""
    if path.startswith("p/"):
        path = path[2:]
        first, slash, rest = path.partition("/")
        if slash and _TOKEN.fullmatch(first) and not _TWELVE.fullmatch(first):
            token, path = first, rest
    if not _NAME.fullmatch(path) or ".." in path:
        return None
    return token, path


def _certificate_mac(request: PhoneRequest) -> str:
    if request.certificate is None:
        return ""
    digits = re.sub("[:.-]", "", request.certificate.common_name)
    found = _TWELVE.search(digits)
    return found[0].lower() if found else ""
