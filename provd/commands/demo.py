"""Load the demo company."""

from __future__ import annotations

import argparse

from provd import demo
from provd.app import open_store
from provd.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(settings: Settings, _given: argparse.Namespace) -> int:
    store = open_store(settings)
    print(demo.load(store, settings))
    store.close()
    return 0
