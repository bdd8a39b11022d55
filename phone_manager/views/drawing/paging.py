"""Which key is seen on which page, and behind which button of the drawing.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provd.phone.model import Model


@dataclass(frozen=True, slots=True)
class Bank:
    """Keys that turn their pages together: numbers `first` … `last`, `per_page` of them seen at once.

    `box` is the drawing's box of the first of them; `noun` how its pages are called.
    """

    noun: str
    first: int
    last: int
    per_page: int
    box: int

    @property
    def pages(self) -> int:
        """How many pages hold them all."""
        return -(-(self.last - self.first + 1) // self.per_page)

    def numbers(self, page: int) -> range:
        """The key numbers of page 1, 2, …; empty behind the last page."""
        start = self.first + (page - 1) * self.per_page
        return range(start, max(start, min(start + self.per_page, self.last + 1)))


def banks(model: Model, used: Iterable[int] = ()) -> tuple[Bank, ...]:
    """Split a model's keys into banks, by the facts of its file.

    Grandstream's virtual keys (`vpk`, `fixed_vpk` at once) turn pages, its multi-purpose keys (`mpk`) do not; Fanvil's
    side keys and DSS keys turn theirs apart. `used` are the numbers of keys that are set: see turns().
    """
    facts = model.facts
    if not model.keys:
        return ()
    if facts.get("fixed_vpk"):
        vpk = _count(model, "vpk")
        own = Bank("Page", 1, vpk, _count(model, "fixed_vpk"), 0)
        rest = Bank("Page", vpk + 1, model.keys, max(1, model.keys - vpk), own.per_page)
        return (own, rest) if rest.first <= rest.last else (own,)
    if "side_keys" in facts:
        side = _count(model, "side_keys") * _count(model, "side_pages")
        found = []
        if side:
            found.append(Bank("Side page" if model.keys > side else "Page", 1, side, _count(model, "side_keys"), 0))
        if model.keys > side:
            found.append(
                Bank("DSS page", side + 1, model.keys, _count(model, "dss_per_page"), _count(model, "side_keys"))
            )
        return tuple(found)
    return (Bank("Page", 1, model.keys, model.keys_per_page - turns(model, used), 0),)


def turns(model: Model, used: Iterable[int]) -> bool:
    """Whether the last button of a page turns the page (`page_key`): as soon as a key beyond the first page is set.

    So Yealink's phones do, which is why their key totals are three pages of one less than they have buttons.
    """
    return bool(model.facts.get("page_key")) and any(number > model.keys_per_page for number in used)


def module_page(model: Model) -> int:
    """How many keys of an expansion module are seen at once; 1 at least."""
    if not model.modules:
        return 1
    shown = model.facts.get("module_shown", model.facts.get("module_page", model.modules.keys))
    return min(shown, model.modules.keys) if isinstance(shown, int) and shown > 0 else model.modules.keys


def _count(model: Model, fact: str) -> int:
    value = model.facts.get(fact, 0)
    return value if isinstance(value, int) else 0
