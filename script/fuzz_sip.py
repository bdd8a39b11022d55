#!/usr/bin/env python3
"""Fuzz the SIP message layer with atheris, coverage-guided, for as long as you like.

    script/fuzz_sip.py [-max_total_time=60] [corpus folder …]

The hypothesis tests in tests/sip/test_fuzz.py do the same in seconds without it; atheris has wheels for few Pythons,
so it is no dependency, and without it this says so and succeeds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def one_input(data: bytes) -> None:
    """Everything the edge does with octets from the network; raises for what is no SipError."""
    from sip_edge.message import Request, SipError, parse
    from sip_edge.message.check import Abilities, check_request
    from sip_edge.message.digest import offers
    from sip_edge.message.stream import Framer
    from tests.sip.test_fuzz import attempt, read_everything  # after atheris has hooked imports

    Framer().feed(data)
    try:
        message = parse(data)
    except SipError:
        return
    parse(bytes(message))
    read_everything(message)
    attempt(lambda: offers(message.headers.all("authorization")))
    if isinstance(message, Request):
        attempt(lambda: check_request(message, Abilities()))
        parse(bytes(message.reply(400, to_tag="x")))


def main() -> int:
    """Run atheris on the torture messages as its first corpus."""
    try:
        import atheris
    except ImportError:
        print("fuzz_sip: skipped, atheris is not installed (pip install atheris).")
        return 0
    from tests.sip import wire

    with atheris.instrument_imports(include=["sip_edge"]):
        import sip_edge.message.check
        import sip_edge.message.multipart
        import sip_edge.message.sdp  # noqa: F401
    seeds = Path(tempfile.mkdtemp(prefix="sip-corpus-"))
    for name in wire.NAMES:
        (seeds / name).write_bytes(wire.load(name))
    atheris.Setup([*sys.argv, str(seeds)], one_input)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
