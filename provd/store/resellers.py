"""Which companies a reseller looks after: those given to their login, and those that they made."""

from __future__ import annotations

from collections.abc import Sequence

from provd.errors import Invalid, Problem
from provd.store import user_finding, users
from provd.store.database import Store
from provd.store.reading import fetch, select
from provd.store.rows import User
from provd.store.tables import Users
from provd.store.trace_tables import ResellerDomains


def companies(store: Store, user_id: int) -> frozenset[int]:
    """The ids of the companies given to this login."""
    found = store.sql("SELECT domain_id FROM reseller_domains WHERE user_id = ?", (user_id,)).fetchall()
    return frozenset(int(row[0]) for row in found)


def of_domain(store: Store, domain_id: int) -> list[User]:
    """The logins that look after a company, by name."""
    given = ResellerDomains.select(ResellerDomains.user_id).where(ResellerDomains.domain_id == domain_id)
    return fetch(store, User, select(User, Users).where(Users.id.in_(given)).order_by(Users.login_name))


def give(store: Store, domain_id: int, user_id: int) -> None:
    """Adds one login to those that look after a company."""
    with store.transaction():
        store.sql(
            "INSERT INTO reseller_domains (user_id, domain_id) VALUES (?, ?) "
            "ON CONFLICT (user_id, domain_id) DO NOTHING",
            (user_id, domain_id),
        )


def replace(store: Store, domain_id: int, logins: Sequence[str]) -> list[User]:
    """Gives a company to exactly these logins; raises Invalid for one that is no reseller."""
    with store.transaction():
        found = [(login, users.by_login(store, login)) for login in dict.fromkeys(logins)]
        wrong = [login for login, user in found if user is None or user.domain_id or user.scope != "reseller"]
        if wrong:
            raise Invalid(
                [Problem("logins", f"There is no reseller with the login {user_finding.shown_login(wrong[0])}.")]
            )
        store.execute(ResellerDomains.delete().where(ResellerDomains.domain_id == domain_id))
        for _, user in found:
            if user is not None:
                give(store, domain_id, user.id)
    return of_domain(store, domain_id)
