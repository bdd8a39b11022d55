"""Check database, templates, firmware, ports and certificates; one line a problem, exit status 1 if there is one."""

from __future__ import annotations

import argparse
import datetime
import socket

from provd import catalogue, firmware
from provd.app import open_store
from provd.errors import ProvdError
from provd.serve import tls
from provd.settings import Settings
from provd.store import migrations


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(settings: Settings, _given: argparse.Namespace) -> int:
    problems = [*_database(settings), *_templates(), *_firmware(settings), *_certificates(settings), *_ports(settings)]
    for problem in problems:
        print(problem)
    if not problems:
        known = catalogue.shipped()
        print(f"All is well: {len(known.models)} phone models of {len(known.families)} families are known.")
        authority = settings.data_dir / "tls" / "ca.pem"
        if authority.exists():
            print(f"Local CA, SHA-256 fingerprint: {tls.fingerprint(authority)}")
    return 1 if problems else 0


def _database(settings: Settings) -> list[str]:
    try:
        store = open_store(settings, migrate=False)
        missing = sorted(set(migrations.available()) - set(migrations.applied(store)))
        store.close()
    except ProvdError as error:
        return [str(error)]
    return [f"The database lacks {', '.join(missing)}; run `provd migrate`."] if missing else []


def _templates() -> list[str]:
    try:
        catalogue.shipped()
    except ProvdError as error:
        return [str(error)]
    return []


def _firmware(settings: Settings) -> list[str]:
    return list(firmware.read_shelf(settings.firmware).problems)


def _certificates(settings: Settings) -> list[str]:
    folder = settings.data_dir / "tls"
    if not settings.tls_certificate and not (folder / "server.pem").exists():
        return []  # made on the first start
    now = datetime.datetime.now(datetime.UTC)
    try:
        files = tls.certificate_files(folder, settings.host, settings.tls_certificate, settings.tls_key, now)
        tls.server_context(files, settings.vendor_cas, old_phones=settings.tls_old_phones)
    except ProvdError as error:
        return [str(error)]
    return tls.expiry_problems(files.chain, now)


def _ports(settings: Settings) -> list[str]:
    """Ports that something else holds. A running provd holds them itself, which is no problem."""
    if (settings.data_dir / "ports.json").exists():
        return []
    stream, datagrams = socket.SOCK_STREAM, socket.SOCK_DGRAM
    kinds = (
        ("http", (("http", stream), ("https", stream))),
        ("tftp", (("tftp", datagrams),)),
        ("sip", (("sip", datagrams), ("sip", stream), ("sips", stream))),
    )
    wanted = [one for role, ports in kinds if role in settings.roles for one in ports]
    return list(dict.fromkeys(problem for name, kind in wanted for problem in _port(settings, name, kind)))


def _port(settings: Settings, name: str, kind: socket.SocketKind) -> list[str]:
    port = getattr(settings, f"{name}_port")
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, port))
        except OSError as error:
            return [f"Port {port} for {name} cannot be opened ({error.strerror}); set {name}_port to another."]
    return []
