"""Several files of one phone read as one.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provd.simulate.reading import cisco, fanvil, grandstream, poly, snom, yealink
from provd.simulate.reading.reading import Dialect, Reading, Sheet, Source, last_wins, limited

DIALECTS: Mapping[str, Dialect] = {
    "yealink": Dialect(yealink.parse, last_wins, yealink.interpret),
    "poly-ucs": Dialect(poly.parse, poly.combine, poly.interpret),
    "poly-edge-e": Dialect(poly.parse, poly.combine, poly.interpret),
    "cisco-spa": Dialect(cisco.parse, last_wins, cisco.interpret),
    "cisco-mpp": Dialect(cisco.parse, last_wins, cisco.interpret),
    "grandstream": Dialect(grandstream.parse, grandstream.combine, grandstream.interpret),
    "grandstream-ht": Dialect(grandstream.parse, grandstream.combine, grandstream.interpret),
    "snom": Dialect(snom.parse, last_wins, snom.interpret),
    "fanvil": Dialect(fanvil.parse, last_wins, fanvil.interpret),
}


def combined(sheets: Sequence[Sheet], family: str, mac: str, model: str) -> Reading:
    """The reading of sheets in the order the phone fetched them.

    A single sheet is read even when the phone would refuse it; of several, the refused ones only leave their
    problems behind.
    """
    dialect = DIALECTS[family]
    taken = list(sheets) if len(sheets) == 1 else [sheet for sheet in sheets if not sheet.refused]
    parameters, left_out = dialect.combine(taken)
    meaning = dialect.interpret(parameters, Source(family, "", b"", mac, model))
    several = len(sheets) > 1
    told = [
        f"{sheet.name}: {problem}" if several and sheet.name else problem
        for sheet in sheets
        for problem in sheet.problems
    ]
    includes = [include for sheet in taken for include in sheet.includes]
    return Reading(
        family=family,
        accounts=meaning.accounts,
        keys=meaning.keys,
        settings=meaning.settings,
        parameters=parameters,
        includes=tuple(dict.fromkeys((*includes, *meaning.includes))),
        directory_urls=meaning.directory_urls,
        firmware_url=meaning.firmware_url,
        provisioning_url=meaning.provisioning_url,
        problems=limited((*told, *left_out, *meaning.problems)),
        refused=bool(sheets) and all(sheet.refused for sheet in sheets),
        mac=mac,
        model=model,
        sheets=tuple(sheets),
    )


def merge(readings: Sequence[Reading]) -> Reading:
    """One reading of several, given in the order the phone fetched the files; which file wins is the vendor's rule.

    Raises ValueError when there is none, or when they are of different families.
    """
    families = {reading.family for reading in readings}
    if len(families) != 1:
        raise ValueError("Readings can be merged when there is at least one and all are of one family.")
    mac = next((reading.mac for reading in readings if reading.mac), "")
    model = next((reading.model for reading in readings if reading.model), "")
    sheets = [sheet for reading in readings for sheet in reading.sheets]
    return combined(sheets, families.pop(), mac, model)
