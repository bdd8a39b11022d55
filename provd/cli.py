"""The command line: `provd COMMAND`. Each command is a module of provd/commands/."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from provd import __version__
from provd.errors import ProvdError
from provd.settings import load

# Command → module. Modules are imported only when their command runs, so that `provd --help` is quick.
COMMANDS = {
    "serve": "serve",
    "demo": "demo",
    "migrate": "migrate",
    "render": "render",
    "check": "check",
    "import-phones": "import_phones",
    "import-folder": "import_folder",
    "export-phones": "export_phones",
    "add-user": "add_user",
    "api-key": "api_key",
    "simulate": "simulate",
    "trace": "trace",
    "backup": "backup",
    "restore": "restore",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. A mistake is one sentence on standard error and status 1."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="provd", description="Provisioning and device management for IP phones.")
    parser.add_argument("--version", action="version", version=f"provd {__version__}")
    parser.add_argument("--config", type=Path, help="settings file (default: provd.toml)")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=", ".join(COMMANDS))
    # What stands after the command is the command's own, `--help` too.
    end = next((place for place, word in enumerate(words, 1) if word in COMMANDS), len(words))
    chosen, rest = parser.parse_args(words[:end]), words[end:]
    command = importlib.import_module(f"provd.commands.{COMMANDS[chosen.command]}")
    if chosen.config:
        os.environ["PROVD_CONFIG"] = str(chosen.config.resolve())  # for the processes this one starts
    own = argparse.ArgumentParser(prog=f"provd {chosen.command}", description=command.__doc__)
    command.add_arguments(own)
    given = own.parse_args(rest)
    try:
        settings = load(chosen.config)
        logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        return int(command.run(settings, given) or 0)
    except ProvdError as error:
        print(f"provd: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
