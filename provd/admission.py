"""May this request have the secrets of the phone it names?  (pure)

Rules of this file: one of five proofs gives the whole file: the phone's own token, its company's token, a vendor
certificate that names its MAC, its HTTP credentials, or an allowed network; and an open bootstrap window stands in
for a proof. Without one a known MAC gets its file with every secret blank, or nothing where the company wants that.
A refusal carries a sentence for the technician; the phone only ever hears 404, as for a MAC nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from netaddr import AddrFormatError, IPAddress, IPNetwork

from provd.errors import Problem


@dataclass(frozen=True, slots=True)
class Policy:
    """How a company, or one phone, is admitted.

    `networks` count as proof. Until `open_until` (epoch seconds) no proof is asked. `unproven` is `blank` or
    `refuse`. With `company_token` `first` the company's token is worth something only until the phone has used its
    own; `always` is for networks whose DHCP server hands out the company's URL for good.
    """

    networks: tuple[str, ...] = ()
    open_until: int = 0
    unproven: str = "blank"
    company_token: str = "always"  # noqa: S105 - a rule about tokens


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a request brings along, already checked for being genuine, not for being enough."""

    address: str
    token: str = ""  # phone, next, company, or wrong; empty when there is none
    certificate: bool = False
    forged: bool = False
    credentials: str = ""  # right or wrong; empty when there are none
    own_token_used: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`full` with every secret, `blank` without, or `refused`; `reason` is a sentence for the event."""

    outcome: str
    reason: str


MOST_NETWORKS = 64
FULL, BLANK, REFUSED = "full", "blank", "refused"


def admit(evidence: Evidence, policy: Policy, now: float) -> Verdict:
    """Decide. Never raises; an address or network that cannot be read is no proof."""
    refusal = _refusal(evidence)
    if refusal:
        return Verdict(REFUSED, refusal)
    proof = _proof(evidence, policy, now)
    if proof:
        return Verdict(FULL, proof)
    if policy.unproven == "refuse":
        return Verdict(REFUSED, "It brought no proof of who it is, and this company answers nothing without one.")
    return Verdict(BLANK, "It brought no proof of who it is, so its passwords were left out.")


def _refusal(evidence: Evidence) -> str:
    if evidence.forged:
        return "Its certificate names another MAC than the file it asked for."
    if evidence.token == "wrong":  # noqa: S105 - a verdict on a token, not one
        return "The token in the address is not, or no longer, valid for this phone."
    if evidence.credentials == "wrong":
        return "Its user name or password is wrong."
    return ""


def _proof(evidence: Evidence, policy: Policy, now: float) -> str:
    if evidence.token in ("phone", "next"):
        return "It used its own token."
    if evidence.certificate:
        return "Its vendor certificate names this MAC."
    if evidence.credentials == "right":
        return "It gave its user name and password."
    if evidence.token == "company" and (policy.company_token == "always" or not evidence.own_token_used):  # noqa: S105
        return "It used the company's token."
    if now < policy.open_until:
        return "The bootstrap window is open."
    if policy.networks and in_networks(evidence.address, policy.networks):
        return "It comes from an allowed network."
    return ""


@lru_cache(4096)
def in_networks(address: str, networks: tuple[str, ...]) -> bool:
    """Say whether `address` lies in one of `networks`; an IPv4 address mapped into IPv6 counts as itself."""
    try:
        ip = IPAddress(address.partition("%")[0])
        ip = ip.ipv4() if ip.is_ipv4_mapped() else ip
        return any(ip in IPNetwork(network) for network in networks)
    except (AddrFormatError, ValueError):
        return False


def read_policy(said: Mapping[str, object]) -> Policy:
    """A policy from its stored form; what is missing takes its default."""
    networks = said.get("networks") or ()
    open_until = said.get("open_until") or 0
    return Policy(
        networks=tuple(str(network) for network in networks) if isinstance(networks, list | tuple) else (),
        open_until=open_until if isinstance(open_until, int) else 0,
        unproven=str(said.get("unproven") or "blank"),
        company_token=str(said.get("company_token") or "always"),
    )


def check_policy(said: Mapping[str, object]) -> list[Problem]:
    """What is wrong with a policy a person wrote."""
    problems = []
    for name in ("networks", "sip_allow", "sip_deny"):
        problems += _check_networks(f"admission.{name}", said.get(name, []))
    if said.get("unproven", "blank") not in ("blank", "refuse"):
        problems.append(Problem("admission.unproven", "Choose blank or refuse."))
    if said.get("company_token", "always") not in ("always", "first"):
        problems.append(Problem("admission.company_token", "Choose always or first."))
    until = said.get("open_until", 0)
    if isinstance(until, bool) or not isinstance(until, int) or not 0 <= until < 2**40:
        text = "Write the end of the bootstrap window in seconds since 1970, or 0 for none."
        problems.append(Problem("admission.open_until", text))
    return problems


def _check_networks(field: str, networks: object) -> list[Problem]:
    if not isinstance(networks, list | tuple) or len(networks) > MOST_NETWORKS:
        return [Problem(field, f"Write a list of at most {MOST_NETWORKS} networks like 10.20.0.0/16.")]
    problems = []
    for network in networks:
        try:
            IPNetwork(str(network))
        except (AddrFormatError, ValueError):
            text = f"“{str(network)[:40]}” is not a network; write it like 10.20.0.0/16 or 2001:db8::/32."
            problems.append(Problem(field, text))
    return problems
