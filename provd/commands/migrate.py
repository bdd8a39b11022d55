"""Bring the database's tables up to this version."""

from __future__ import annotations

import argparse

from provd.app import open_store
from provd.settings import Settings
from provd.store import migrations


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(settings: Settings, _given: argparse.Namespace) -> int:
    store = open_store(settings, migrate=False)
    done = migrations.migrate(store)
    print("\n".join(f"applied {name}" for name in done) or "The database is up to date.")
    store.close()
    return 0
