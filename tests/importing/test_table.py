"""A spreadsheet saved as text is read whatever program saved it, and refused with a sentence when it is none."""

from __future__ import annotations

import pytest

from provd.errors import ProvdError
from provd.importing.columns import COLUMNS, column, joined, plain_cell, safe_cell
from provd.importing.table import ROW_LIMIT, SIZE_LIMIT, read_table

ROWS = "MAC address;Model;Extension;Description\n80:5e:c0:00:00:01;T46U;101;Zoë's desk\n"


def cells(content: bytes) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_table(content).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_same_rows_in_every_dialect(encoding: str, delimiter: str, end: str) -> None:
    content = ROWS.replace(";", delimiter).replace("\n", end).encode(encoding)
    assert cells(content) == [
        {"mac": "80:5e:c0:00:00:01", "model": "T46U", "extension": "101", "description": "Zoë's desk"}
    ]


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("MAC Address", "mac"),
        ("mac_addr", "mac"),
        (" Phone Model ", "model"),
        ("EXT.", "extension"),
        ("Line 1", "extension"),
        ("line1", "extension"),
        ("Line 2", "line 2"),
        ("Extension 03", "line 3"),
        ("Line 2 Extension", "line 2"),
        ("Phone Template", "template"),
        ("Location", "site"),
        ("Notes", "description"),
        ("Price", None),
        ("Line 0", None),
    ],
)
def test_headings_are_understood_with_their_usual_synonyms(heading: str, meaning: str | None) -> None:
    assert column(heading) == meaning


def test_every_column_that_the_export_writes_is_understood() -> None:
    assert [column(name) for name in COLUMNS] == list(COLUMNS)
    assert joined(["101", "", "110a"]) == "101 - 110a"


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@x", "'quoted", "plain", "", "-", "a=b"])
def test_what_looks_like_a_formula_survives_the_way_out_and_back(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert not safe_cell(text).startswith(("=", "+", "@"))


def test_columns_may_come_in_any_order_and_unknown_ones_are_named() -> None:
    table = read_table(b"price,ext,mac\n9,101,805ec0000001\n")
    assert [dict(row.cells) for row in table.rows] == [{"extension": "101", "mac": "805ec0000001"}]
    assert table.notes == ("The column “price” is not known and was ignored.",)


def test_rows_know_the_line_they_begin_on() -> None:
    table = read_table(b'sep=;\nmac;note\n\n1;"two\nlines"\n;\n2;b\n')
    assert [row.line for row in table.rows] == [4, 7]
    assert table.rows[0].cells["description"] == "two\nlines"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no rows"),
        (b"\n\n", "has no rows"),
        (b"model,extension\nT46U,101\n", "no column MAC"),
        (b"mac,mac address\n1,2\n", "mean the same"),
        (b"PK\x03\x04rest", "workbook"),
        (b"mac\n\0\n", "no text"),
        (b"\xff\xfem", "breaks off"),
        (b"mac\n" + b"1\n" * (ROW_LIMIT + 1), "rows; split"),
        (b" " * (SIZE_LIMIT + 1), "bytes; "),
        (b"mac\n" + b"x" * 140_000, "cannot be read as CSV"),
    ],
)
def test_what_is_no_such_file_is_refused_with_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(ProvdError, match=words):
        read_table(content)
