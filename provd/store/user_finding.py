"""Users found by many, or by less than their name: by mail address, by extensions, in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provd.errors import Problem
from provd.store import rules
from provd.store.database import Store
from provd.store.reading import contains, fetch, select
from provd.store.rows import User
from provd.store.tables import Users


def by_email(store: Store, email: str, extension: str = "", limit: int = 20) -> list[User]:
    """The people with this mail address (and this extension, where given), of every company, by login; services and
    what begins or ends alike are not among them."""
    if not email or len(email) > 260:
        return []
    query = select(User, Users).where(contains((Users.emails,), email) & (Users.service_code == ""))
    if extension:
        query = query.where(Users.extension == extension)
    found = fetch(store, User, query.order_by(Users.login_name).limit(1000))
    wanted = email.lower()
    return [user for user in found if wanted in (one.lower() for one in user.emails)][:limit]


def logins(store: Store, user_ids: Iterable[int]) -> dict[int, str]:
    """The login names of some users by their ids."""
    found = store.tuples(Users.select(Users.id, Users.login_name).where(Users.id.in_(sorted(set(user_ids)))))
    return {int(user_id): str(login) for user_id, login in found}


def shown_login(login: str) -> str:
    """A login name that somebody typed, short and printable enough to be said back."""
    return rules.clean(login, 60)


def extensions_of_site(store: Store, domain_id: int, site_id: int) -> frozenset[str]:
    """The extensions of everybody at a site."""
    query = "SELECT extension FROM users WHERE domain_id = ? AND site_id = ?"
    return frozenset(str(row[0]) for row in store.sql(query, (domain_id, site_id)).fetchall())


def count(store: Store, domain_id: int) -> int:
    """How many people a company has, services left out."""
    query = "SELECT COUNT(*) FROM users WHERE domain_id = ? AND service_code = ''"
    return int(store.sql(query, (domain_id,)).fetchone()[0])


def count_without_mail(store: Store, domain_id: int, site_id: int | None = None) -> int:
    """How many people of a company, or of one site, have no mail address."""
    query = "SELECT COUNT(*) FROM users WHERE domain_id = ? AND service_code = '' AND emails = '[]'"
    if site_id is None:
        return int(store.sql(query, (domain_id,)).fetchone()[0])
    return int(store.sql(f"{query} AND site_id = ?", (domain_id, site_id)).fetchone()[0])


def some(store: Store, domain_id: int, extensions: Sequence[str]) -> list[User]:
    """The users with these extensions, in this order, each once; raises Invalid naming every one that is not there."""
    wanted = list(dict.fromkeys(extensions))
    found: dict[str, User] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = select(User, Users).where((Users.domain_id == domain_id) & Users.extension.in_(part))
        found |= {user.extension: user for user in fetch(store, User, query)}
    missing = [one for one in wanted if one not in found]
    rules.require(
        Problem(f"users.{shown_login(one)}", f"There is no user {shown_login(one)} in this company.") for one in missing
    )
    return [found[one] for one in wanted]
