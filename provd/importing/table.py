"""A spreadsheet saved as text, of whatever origin, as rows of known columns.  (pure)

RFC 4180 says what CSV is; spreadsheets write it with `;` or tabs where the comma is the decimal sign, and in the
encoding of their machine.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

from provd.errors import ProvdError
from provd.importing.columns import column, plain_cell

SIZE_LIMIT = 10 * 1024 * 1024
ROW_LIMIT = 50_000
CELL_LIMIT = 1000
_DELIMITERS = ",;\t"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class TooLarge(ProvdError):
    """The file is larger than is ever read."""

    status = 413


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `line` is where it begins in the file, `cells` are its texts by column, without empty ones."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, and `notes`: sentences about what was ignored."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def read_table(content: bytes) -> Table:
    """The rows of a spreadsheet saved as text: UTF-8, UTF-16 with a byte order mark or Latin-1; parted by `,` `;` tab.

    Raises ProvdError with one sentence for what is no such file, has no column with MAC addresses or is too large.
    """
    if len(content) > SIZE_LIMIT:
        raise TooLarge(f"The file has {len(content)} bytes; {SIZE_LIMIT} are the most, so split it.")
    if content.startswith(b"PK\x03\x04"):
        raise ProvdError("This is a workbook, not CSV; save it from the spreadsheet as CSV and import that.")
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    declared = ""
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's way to say it
        declared, text = first.strip()[4], rest
    lines = list(_records(text, declared or _delimiter(text), 1 if declared else 0))
    if not lines:
        raise ProvdError("The file has no rows; its first line names the columns: MAC, Model, Extension …")
    names, notes = _columns(lines[0][1])
    return Table(tuple(_row(line, cells, names) for line, cells in lines[1:]), notes)


def _decoded(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                raise ProvdError("The file is damaged: its text breaks off; save it again as CSV in UTF-8.") from None
            break
    else:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    if "\0" in text:
        raise ProvdError("The file holds characters that are no text; save it as CSV in UTF-8.")
    return text.removeprefix("\ufeff")


def _delimiter(text: str) -> str:
    """The one that makes the most known columns of the first line that is not blank."""
    heading = next((line for line in text[: 64 * 1024].splitlines() if line.strip()), "")

    def known(delimiter: str) -> tuple[int, int]:
        parts = heading.split(delimiter)
        return sum(column(part) is not None for part in parts), len(parts)

    return max(_DELIMITERS, key=known)


def _records(text: str, delimiter: str, line: int) -> list[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    while True:
        begins = line + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise ProvdError(f"Line {begins} cannot be read as CSV; look at its quotes.") from None
        if cells is None:
            return found
        if any(cell.strip() for cell in cells):
            found.append((begins, cells))
        if len(found) > ROW_LIMIT + 1:
            raise TooLarge(f"The file has more than {ROW_LIMIT} rows; split it.")


def _columns(heading: list[str]) -> tuple[list[str | None], tuple[str, ...]]:
    names = [column(text) for text in heading]
    if "mac" not in names:
        raise ProvdError("The first line names no column MAC; it says which column is what: MAC, Model, Extension …")
    twice = next((name for name, count in Counter(filter(None, names)).items() if count > 1), None)
    if twice is not None:
        both = [_shown(text) for text, name in zip(heading, names, strict=True) if name == twice]
        raise ProvdError(f"The columns {' and '.join(both)} mean the same; take one of them out.")
    ignored = [_shown(text) for text, name in zip(heading, names, strict=True) if name is None and text.strip()]
    notes = [f"The column {text} is not known and was ignored." for text in ignored[:20]]
    return names, tuple(notes)


def _shown(text: str) -> str:
    clean = "".join(one if one.isprintable() else " " for one in text.strip()[:40])
    return f"“{clean}”"


def _row(line: int, cells: list[str], names: list[str | None]) -> Row:
    said = zip(names, cells, strict=False)
    return Row(line, {name: plain_cell(text.strip()) for name, text in said if name is not None and text.strip()})
