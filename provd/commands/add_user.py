"""Make a login: of the provider (any name), or of a company (extension@company)."""

from __future__ import annotations

import argparse
import getpass
import sys
import time

from provd import seal
from provd.app import open_store
from provd.errors import ProvdError
from provd.settings import Settings
from provd.store import devices, domains, rules, users
from provd.store.database import Store
from provd.store.rows import User

SHORTEST = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login", metavar="LOGIN", help="`admin` for the provider, `101@acme.example` for a company")
    parser.add_argument("--scope", required=True, choices=rules.SCOPES, metavar="SCOPE", help=", ".join(rules.SCOPES))
    parser.add_argument("--first-name", default="", metavar="NAME")
    parser.add_argument("--last-name", default="", metavar="NAME")


def run(settings: Settings, given: argparse.Namespace) -> int:
    store = open_store(settings)
    try:
        if users.by_login(store, given.login) is not None:
            raise ProvdError(f"The login name {given.login} is taken; choose another.")
        hashed = seal.hash_password(read_password())
        user = make(store, given, hashed)
        print(f"{user.login_name} can sign in now, with the scope {user.scope}.")
    finally:
        store.close()
    return 0


def make(store: Store, given: argparse.Namespace, hashed: str) -> User:
    """The login and what belongs to it, or nothing at all."""
    now = int(time.time())
    names = {"first_name": given.first_name, "last_name": given.last_name}
    if given.scope in rules.PROVIDER_SCOPES:
        return users.create_provider(store, given.login, now, hashed, scope=given.scope, **names)
    extension, at, company = given.login.partition("@")
    if not at:
        raise ProvdError(f"{given.scope} is a scope of a company; write the login as extension@company.")
    with store.transaction():
        domain = domains.by_name(store, company)
        user = users.create(store, domain.id, extension, now, scope=given.scope, **names)
        users.set_password_hash(store, user.id, hashed)
        devices.create(store, domain.id, user.id, extension, now)
    return user


def read_password() -> str:
    """Asked for twice on a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("The same again: "):
            raise ProvdError("The two passwords differ; nothing was changed.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST or not password.isprintable():
        raise ProvdError(f"A password has at least {SHORTEST} characters, all of them printable.")
    return password
