"""Serve phones, the API and the pages, until stopped."""

from __future__ import annotations

import argparse
import asyncio
import gc

from provd import app, demo
from provd.settings import Settings
from provd.store import domains, tokens


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--worker", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--demo-if-empty", action="store_true", help="load the demo company into an empty database")


def run(settings: Settings, given: argparse.Namespace) -> int:
    if given.demo_if_empty:
        load_demo(settings)
    gc.freeze()
    # Tables of tens of thousands of bindings and subscriptions: a full collection may not come in the midst of a
    # fan-out, where it took 60 ms. 50,000 young objects took 20 ms, a fifth of them takes 4; the middle generation of
    # a busy hour takes 100, so it is as seldom as ever.
    gc.set_threshold(10_000, 250, 100)
    asyncio.run(app.serve(settings, _quiet if given.worker else announce, number=given.worker))
    return 0


def load_demo(settings: Settings) -> None:
    """Load the demo company when there is no company yet, and say who can sign in."""
    store = app.open_store(settings)
    if not domains.find(store):
        print(demo.load(store, settings), flush=True)
    store.close()


def announce(services: app.Services) -> None:
    """Print where everything is."""
    addresses = services.addresses
    print(f"provd serves on {addresses.root('http')} and {addresses.root('https')}", flush=True)
    print(f"  sign in                 {addresses.root('http')}/")
    print(f"  API and its documents   {addresses.root('http')}/api/docs")
    print(f"  trust the certificate   {addresses.root('http')}/trust")
    for domain in domains.find(services.store)[:5]:
        token = tokens.newest(services.store, domain.id)
        print(f"  provisioning URL for {domain.name}:")
        for protocol in ("http", "https", "tftp"):
            print(f"    {addresses.base(protocol, token)}")
    for problem in services.problems:
        print(f"\n  WARNING  {problem}\n")
    print("Ctrl-C stops it.", flush=True)


def _quiet(_services: app.Services) -> None:
    """A further process says nothing: the first one has."""
