"""Which phones of a company a page shows: by what people know of them."""

from __future__ import annotations

import re
from typing import Any

from provd.store.database import Store
from provd.store.reading import contains, fetch, page_size, select
from provd.store.rows import Page, Phone
from provd.store.tables import Devices, PhoneLines, Phones, Users

# A MAC, or the end of one, as labels and other systems write it.
_MAC_PART = re.compile(r"[0-9A-Fa-f]{1,4}([:.-][0-9A-Fa-f]{1,4}){1,5}[:.-]?|[:.-]?[0-9A-Fa-f]{2,12}")


def find(
    store: Store, domain_id: int, *, search: str = "", model: str = "", site_id: int | None = None,
    template_id: int | None = None, user_id: int | None = None, firmware: str = "", limit: int = 100, after: str = "",
) -> Page[Phone]:  # fmt: skip
    """Phones by MAC; `search` in MAC (any notation), model, description and the people and devices on the lines;
    `user_id`: phones that carry a device of this user; `after` = a page's `next`."""
    query = select(Phone, Phones).where(Phones.mac > after)
    query = _among(query, domain_id, search, model, site_id, template_id, user_id, firmware)
    size = page_size(limit)
    found = fetch(store, Phone, query.order_by(Phones.mac).limit(size + 1))
    return Page(tuple(found[:size]), found[size - 1].mac if len(found) > size else None)


def ids(
    store: Store, domain_id: int, *, search: str = "", model: str = "", site_id: int | None = None,
    template_id: int | None = None, user_id: int | None = None, firmware: str = "",
) -> frozenset[int]:  # fmt: skip
    """The ids of all phones that find() would page through."""
    query = _among(Phones.select(Phones.id), domain_id, search, model, site_id, template_id, user_id, firmware)
    return frozenset(row[0] for row in store.tuples(query))


def by_ids(store: Store, domain_id: int, wanted: list[int]) -> list[Phone]:
    """These phones of the company, in the order of `wanted`."""
    mine = (Phones.domain_id == domain_id) & Phones.id.in_(wanted)
    found = {phone.id: phone for phone in fetch(store, Phone, select(Phone, Phones).where(mine))}
    return [found[phone_id] for phone_id in wanted if phone_id in found]


def _among(
    query: Any, domain_id: int, search: str, model: str, site_id: int | None, template_id: int | None,
    user_id: int | None, firmware: str,
) -> Any:  # fmt: skip
    query = query.where(Phones.domain_id == domain_id)
    equal = (
        (Phones.model, model), (Phones.site_id, site_id), (Phones.template_id, template_id),
        (Phones.last_firmware, firmware),
    )  # fmt: skip
    for column, wanted in equal:
        if wanted:
            query = query.where(column == wanted)
    if user_id is not None:
        query = query.where(Phones.id.in_(_carrying(Devices.user_id == user_id)))
    for word in search.split():
        bare = re.sub("[:.-]", "", word) if _MAC_PART.fullmatch(word) else word
        here = contains((Phones.mac,), bare) | contains((Phones.model, Phones.description), word)
        names = (Devices.name, Users.first_name, Users.last_name)
        query = query.where(here | Phones.id.in_(_carrying(contains(names, word))))
    return query


def _carrying(condition: Any) -> Any:
    """A select of the ids of phones with a line whose device or user meets the condition."""
    query = PhoneLines.select(PhoneLines.phone_id).join(Devices, on=(Devices.id == PhoneLines.device_id))
    return query.join(Users, on=(Users.id == Devices.user_id)).where(condition)
