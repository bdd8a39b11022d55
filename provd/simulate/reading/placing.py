"""Which key of the phone a vendor's key number is.  (pure)

Vendors count keys in banks (line keys and memory keys, VPK and MPK, side keys and pages). The number a person sees
counts through all banks. A file shows only the keys it sets, so counting through needs the model where a bank is not
written out in full: `arrange` takes its figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from provd.simulate.reading.reading import Reading, ReadKey

# Families whose expansion modules carry on the phone's own numbering (Snom fkey idx, Poly lineKey.N).
_CARRY_ON = frozenset({"snom", "poly-ucs", "poly-edge-e"})


def placed(keys: Iterable[ReadKey], sizes: Mapping[str, tuple[int, int]] | None = None) -> tuple[ReadKey, ...]:
    """The keys with `number` counted through the banks of the phone itself, sorted by module and number.

    Banks are counted in the order in which they first appear. `sizes` gives (keys a page, pages) of a bank; for a
    bank it does not name, the largest place and page in the file are taken for its size. Keys of modules keep the
    number they have.
    """
    known = sizes or {}
    keys = tuple(keys)
    own = [key for key in keys if key.module == 0 and key.place]
    starts: dict[str, tuple[int, int]] = {}
    start = 0
    for bank in dict.fromkeys(key.bank for key in own):
        members = [key for key in own if key.bank == bank]
        size, pages = known.get(bank, (max(key.place for key in members), max(key.page for key in members)))
        starts[bank] = (start, size)
        start += size * pages

    def counted(key: ReadKey) -> ReadKey:
        if key.module or not key.place:
            return key
        first, size = starts[key.bank]
        return replace(key, number=first + (key.page - 1) * size + key.place)

    return tuple(sorted(map(counted, keys), key=lambda key: (key.module, key.number)))


def arrange(
    reading: Reading,
    own_keys: int,
    module_keys: int = 0,
    banks: Mapping[str, tuple[int, int]] | None = None,
    *,
    modules: int = 1,
    module_page: int = 0,
) -> Reading:
    """The reading with its keys counted for a model.

    `own_keys` is how many keys the phone itself has over all pages, `module_keys` how many one expansion module has,
    `banks` the (keys a page, pages) of each bank that the file may not write out in full, such as
    `{"vpk": (24, 1)}` or `{"side": (5, 1), "internal": (12, 5)}`. For families that carry on counting into the
    modules, keys beyond `own_keys` move to module 1, 2 …. Poly's colour modules show `module_page` keys at a time and
    share their pages ("Smart Paging"): numbers run through the first page of each of the `modules` attached, then
    through what is left of the first, the second …; 0 stands for modules that are counted one after the other.
    """
    keys = placed(reading.keys, banks)
    if reading.family in _CARRY_ON and module_keys > 0:
        page = module_page if 0 < module_page < module_keys else module_keys
        keys = tuple(_on_module(key, key.number - own_keys - 1, (page, module_keys), modules) for key in keys)
        keys = tuple(sorted(keys, key=lambda key: (key.module, key.number)))
    return replace(reading, keys=keys)


def _on_module(key: ReadKey, beyond: int, sizes: tuple[int, int], modules: int) -> ReadKey:
    """The key on its module; `beyond` counts from 0 behind the phone's own keys, `sizes` are page and module."""
    page, whole = sizes
    if key.module or beyond < 0:
        return key
    if page == whole or beyond < modules * page:
        return replace(key, module=beyond // page + 1, number=beyond % page + 1)
    left = beyond - modules * page
    return replace(key, module=left // (whole - page) + 1, number=page + left % (whole - page) + 1)
