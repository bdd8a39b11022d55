"""Import the provisioning folder of another server: Yealink, Poly, Cisco, Grandstream, Snom and Fanvil files become
phones with their lines, keys and settings. Phones that cannot be understood are left out and reported."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from provd.app import Services, offline
from provd.catalogue import Catalogue
from provd.errors import ProvdError
from provd.importing.company import company_named
from provd.importing.folder import FolderChoices, import_folder
from provd.importing.models import ModelNames
from provd.importing.phones import note_changes
from provd.importing.recognise import Choices
from provd.importing.report import LEFT_OUT, FolderReport, PhoneOutcome, count
from provd.phone.mac import parse_mac
from provd.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--domain", default="", help="the company; not needed when there is only one")
    parser.add_argument("--dry-run", action="store_true", help="report what would be done and save nothing")
    parser.add_argument("--overwrite", action="store_true", help="change phones and passwords that exist already")
    parser.add_argument("--model", action="append", default=[], metavar="MAC=MODEL", help="the model of one phone")
    parser.add_argument(
        "--default-model", action="append", default=[], metavar="FAMILY=MODEL", help="the model of phones of a family"
    )
    parser.add_argument(
        "--account", action="append", default=[], metavar="USER=EXTENSION", help="what a SIP user is called here"
    )
    parser.add_argument("--files", action="store_true", help="list every file, not only those that are wrong")


def run(settings: Settings, given: argparse.Namespace) -> int:
    with offline(settings) as services:
        choices = _choices(given, services.catalogue)
        report = asyncio.run(_import(services, given, choices))
    for text in lines(report, files=given.files):
        print(text)
    return 1 if report.counts.get(LEFT_OUT) else 0


async def _import(services: Services, given: argparse.Namespace, choices: FolderChoices) -> FolderReport:
    domain = company_named(services.store, given.domain)
    with _progress() as progress:
        report, plan = import_folder(
            services.store, services.catalogue, domain.id, given.folder, "command line", choices, progress
        )
    if report.saved:
        note_changes(services.recorder, plan, domain.id, "command line")
        await services.recorder.flush()
    return report


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, a line for every hundred phones otherwise."""
    if not sys.stderr.isatty():
        yield _line
        return
    with tqdm(unit="phone", desc="Reading", leave=False) as bar:

        def moved(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield moved


def _line(done: int, total: int) -> None:
    if done % 100 == 0:
        print(f"Read {done} of {total} phones.", file=sys.stderr)


def _choices(given: argparse.Namespace, catalogue: Catalogue) -> FolderChoices:
    names = ModelNames(catalogue.models)
    models = {_mac(mac): _model(names, name) for mac, name in _pairs(given.model, "MAC=MODEL")}
    defaults = {}
    for family, name in _pairs(given.default_model, "FAMILY=MODEL"):
        if family not in catalogue.families:
            raise ProvdError(f"There is no family “{family[:40]}”; there are {', '.join(catalogue.families)}.")
        defaults[family] = _model(names, name)
        if catalogue.models[defaults[family]].family != family:
            raise ProvdError(f"The model {defaults[family]} is of another family than {family}.")
    renamed = dict(_pairs(given.account, "USER=EXTENSION"))
    return FolderChoices(Choices(models, defaults), renamed, given.overwrite, given.dry_run)


def _pairs(said: list[str], shape: str) -> Iterator[tuple[str, str]]:
    for text in said:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise ProvdError(f"“{text[:60]}” is not of the form {shape}.")
        yield name, value


def _mac(text: str) -> str:
    try:
        return parse_mac(text)
    except ValueError as error:
        raise ProvdError(str(error)) from None


def _model(names: ModelNames, text: str) -> str:
    try:
        return names.find(text).id
    except ValueError as error:
        raise ProvdError(str(error)) from None


def lines(report: FolderReport, *, files: bool = False) -> list[str]:
    """The report for a terminal: files, phones with what there is to say of them, then the sum."""
    told = [f"{file.name}: {file.outcome}: {file.text}" for file in report.files if files or file.outcome == "error"]
    for phone in report.phones:
        told.append(_phone(phone))
        told += [f"    {sentence}" for sentence in phone.sentences]
    used = sum(1 for file in report.files if file.outcome == "read")
    return [*told, *report.notes, f"Files: {used} read, {len(report.files) - used} not.", report.summary]


def _phone(phone: PhoneOutcome) -> str:
    if phone.outcome == LEFT_OUT:
        return f"{phone.mac}: left out"
    return (
        f"{phone.mac}: {phone.outcome}: {phone.model}, {count(phone.lines, 'line', 'lines')}, "
        f"{count(phone.keys, 'key', 'keys')}; parameters: "
        f"{phone.understood} understood, {phone.kept} kept raw, {phone.replaced} of the old server, "
        f"{phone.unknown} not understood"
    )
