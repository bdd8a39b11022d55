"""The few pages and answers that need no sign-in: health, metrics, the local CA."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from tornado.web import RequestHandler

from provd import __version__
from provd.serve.tls import fingerprint

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1d2939;"
    "background:#fff}code{overflow-wrap:anywhere;background:#f2f4f7;padding:.1em .3em}a{color:#1849a9}"
    "@media(prefers-color-scheme:dark){body{color:#e4e7ec;background:#101828}code{background:#1d2939}a{color:#84caff}}"
)

EVERYWHERE = frozenset(("provd_phones",))
"""What every process knows of all."""


def routes(services: Any) -> list[Any]:
    """The routes of these pages."""
    given = {"services": services}
    return [
        (r"/healthz", HealthHandler, given),
        (r"/metrics", MetricsHandler, given),
        (r"/trust", TrustHandler, given),
        (r"/ca\.pem", AuthorityHandler, given),
    ]


class PlainHandler(RequestHandler):
    """Shared by these pages: the services, and headers that let nothing else in."""

    def initialize(self, services: Any) -> None:
        self.services = services

    def set_default_headers(self) -> None:
        self.set_header("Server", "provd")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")

    def page(self, title: str, body: str) -> None:
        """Answer with a small page; `body` is HTML whose values are escaped already."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)} · provd</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}</main>"
        )


class HealthHandler(PlainHandler):
    """200 once everything listens, 503 before and while stopping. `problems`: what does not work though it should."""

    def get(self) -> None:
        services = self.services
        self.set_status(200 if services.ready else 503)
        self.finish(
            {
                "status": "ready" if services.ready else "starting",
                "version": __version__,
                "sip": "on" if services.sip is not None else "off",
                "problems": list(services.problems),
            }
        )


class MetricsHandler(PlainHandler):
    """Counters in the text format that Prometheus reads, of all processes together."""

    async def get(self) -> None:
        self.set_header("Content-Type", "text/plain; version=0.0.4")
        found = [measures(self.services), *await self.services.neighbours.ask_all("measures")]
        self.finish("".join(f"{name} {value}\n" for name, value in added_up(found)))


def added_up(found: Iterable[Iterable[tuple[str, int]]]) -> list[tuple[str, int]]:
    """Name and sum of what several processes counted; what each knows of the whole is not added."""
    sums: dict[str, int] = {}
    for measured in found:
        for name, value in measured:
            sums[name] = max(sums.get(name, 0), value) if name in EVERYWHERE else sums.get(name, 0) + value
    return list(sums.items())


def measures(services: Any) -> list[tuple[str, int]]:
    """Name and value of everything counted."""
    recorder = services.recorder
    found = [(f'provd_phone_requests_total{{kind="{kind}"}}', count) for kind, count in recorder.counts.items()]
    found += [
        ("provd_phones", len(services.fleet)),
        ("provd_events_waiting", recorder.waiting),
        ("provd_events_dropped_total", recorder.dropped),
        ("provd_streams", len(services.live)),
    ]
    if services.http is not None:
        found += [("provd_http_connections_turned_away_total", services.http.turned_away)]
    if services.tftp is not None:
        counters = services.tftp.counters
        names = ("requests", "refused", "transfers_active", "bytes_sent", "retransmissions", "malformed")
        found += [(f"provd_tftp_{name}", getattr(counters, name)) for name in names]
    if services.sip is not None:
        found += [*_sip_messages(services.sip), *_sip_people(services.sip, recorder.counts)]
    return found


def _labelled(name: str, label: str, counts: Mapping[Any, int]) -> list[tuple[str, int]]:
    return [(f'{name}{{{label}="{value}"}}', count) for value, count in counts.items()]


def _sip_messages(edge: Any) -> list[tuple[str, int]]:
    """What came and went over SIP, and what was turned away."""
    stack, gate = edge.stack.counters, edge.registrar.gate.counters
    found = _labelled("provd_sip_requests_total", "method", stack.requests)
    found += _labelled("provd_sip_answers_total", "status", stack.answers)
    names = ("responses", "repeated", "timeouts", "transport_errors", "handler_errors", "overload", "unmatched")
    found += [(f"provd_sip_{name}_total", getattr(stack, name)) for name in names]
    for protocol, counters in edge.listeners.counters().items():
        for name in ("messages_in", "messages_out", "octets_in", "octets_out", "keepalives", "accepted", "refused"):
            total = sum(getattr(one, name) for one in counters)
            found.append((f'provd_sip_{name}_total{{transport="{protocol}"}}', total))
    reasons = {name: getattr(gate, name) for name in ("denied", "banned", "scanners", "unknown_domain", "shut")}
    reasons |= {"malformed": stack.malformed, "refused": stack.refused, "rate": sum(gate.limited.values())}
    found += _labelled("provd_sip_dropped_total", "reason", reasons)
    found += _labelled("provd_sip_limited_total", "method", gate.limited)
    connections = edge.listeners.connections
    return [
        *found,
        ("provd_sip_connections", len(connections)),
        ("provd_sip_connections_half_open", connections.half_open),
        ("provd_sip_transactions", edge.stack.layer.live),
        ("provd_sip_answers_kept", edge.stack.layer.kept),
    ]


def _sip_people(edge: Any, events: Mapping[str, int]) -> list[tuple[str, int]]:
    """Registrations, subscriptions, resyncs and bans; `events` are the recorder's counts by kind."""
    registrar, presence = edge.registrar, edge.presence.presence
    transports = Counter(binding.protocol for binding in registrar.location)
    notifies, changes = presence.notifier.counters, registrar.journal.counts
    steps = ("waiting", "sent", "acknowledged", "done", "stopped")
    names = ("sent", "acknowledged", "refused", "unanswered", "retried")
    return [
        *_labelled(
            "provd_sip_registrations", "transport", {"UDP": 0, "TCP": 0, "TLS": 0, "WS": 0, "WSS": 0} | transports
        ),
        *_labelled("provd_sip_registration_changes_total", "kind", changes),
        ("provd_sip_challenges_total", registrar.authenticator.challenged),
        ("provd_sip_authentication_failures_total", registrar.gate.counters.failures),
        ("provd_sip_subscriptions", len(presence.book)),
        ("provd_sip_subscriptions_total", presence.started),
        *_labelled("provd_sip_notifies_total", "result", {name: getattr(notifies, name) for name in names}),
        *_labelled("provd_sip_bans_total", "of", registrar.gate.bans),
        ("provd_sip_addresses_banned", len(registrar.gate.banned_addresses())),
        *_labelled("provd_sip_resyncs_total", "phase", {step: events.get(f"resync_{step}", 0) for step in steps}),
    ]


class TrustHandler(PlainHandler):
    """How a phone comes to trust the local CA."""

    def get(self) -> None:
        files = self.services.certificates
        if files is None or files.ca is None:
            self.page("Certificate", "<p>This server has a certificate of its own; phones need nothing from here.</p>")
            return
        host = escape(self.services.addresses.host)
        self.page(
            "Trust this server's certificate",
            f"<p>The certificate for <code>{host}</code> is signed by a CA that was made on this machine. A phone "
            "trusts it once the CA is on the phone.</p>"
            "<p><a href='/ca.pem' download>Download ca.pem</a></p>"
            f"<p>SHA-256 fingerprint:<br><code>{fingerprint(files.ca)}</code></p>"
            "<ol><li>Compare the fingerprint with the one that <code>provd check</code> prints on the server.</li>"
            "<li>Put the file on the phone: on the phone's own web page, under certificates; or by its configuration: "
            "Yealink takes the address of this file in <code>static.trusted_certificates.url</code>, Poly its content "
            "in <code>sec.TLS.customCaCert.1</code>, Cisco its address in <code>Custom_CA_Rule</code>. Try it with one "
            "phone first.</li>"
            "<li>Or start the phone over HTTP: its first file brings it here, and nothing secret is in it until the "
            "phone has proved who it is.</li></ol>",
        )


class AuthorityHandler(PlainHandler):
    """The local CA's certificate."""

    def get(self) -> None:
        files = self.services.certificates
        if files is None or files.ca is None:
            self.set_status(404)
            self.finish("Not found\n")
            return
        self.set_header("Content-Type", "application/x-pem-file")
        self.finish(files.ca.read_bytes())
