"""Make, list and delete API keys. A new key is printed once, as the last word on standard output."""

from __future__ import annotations

import argparse
import time

from provd.api.apikeys import owner
from provd.api.scope import PERSONAL
from provd.app import open_store
from provd.errors import ProvdError
from provd.settings import Settings
from provd.store import api_keys, audit, domains, rules
from provd.store.database import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="what", required=True, metavar="create|list|delete")
    create = commands.add_parser("create", help="make a key and print it")
    create.add_argument("name", metavar="NAME", help="what it is for")
    create.add_argument("--scope", required=True, choices=rules.SCOPES, metavar="SCOPE", help=", ".join(rules.SCOPES))
    whose = f"for {', '.join(sorted(PERSONAL))}: whose key it is; for reseller: the login"
    create.add_argument("--user", default="", metavar="EXTENSION", help=whose)
    delete = commands.add_parser("delete", help="delete a key: it opens nothing any more")
    delete.add_argument("id", metavar="ID", type=int)
    for command in (create, delete, commands.add_parser("list", help="list keys")):
        command.add_argument("--domain", default="", metavar="D", help="the company; without it, the provider's keys")


def run(settings: Settings, given: argparse.Namespace) -> int:
    store = open_store(settings)
    try:
        domain_id = company(store, given)
        if given.what == "create":
            print(make(store, domain_id, given))
        elif given.what == "delete":
            api_keys.delete(store, domain_id, given.id)
            print(f"Key {given.id} is deleted.")
        else:
            for key in api_keys.of(store, domain_id):
                print(f"{key.id}\t{key.scope}\t{key.name}")
    finally:
        store.close()
    return 0


def company(store: Store, given: argparse.Namespace) -> int | None:
    """The id of the company that is meant; the only one there is need not be named for a key of a company."""
    if given.domain:
        return domains.by_name(store, given.domain).id
    if given.what != "create" or given.scope in rules.PROVIDER_SCOPES:
        return None
    known = domains.find(store)
    if len(known) != 1:
        raise ProvdError(f"{given.scope} is a scope of a company; say which with --domain.")
    return known[0].id


def make(store: Store, domain_id: int | None, given: argparse.Namespace) -> str:
    """What to print: a sentence that ends with the key."""
    if domain_id is not None and given.scope in rules.PROVIDER_SCOPES:
        raise ProvdError(f"{given.scope} is a scope of the provider; leave --domain out.")
    now = int(time.time())
    with store.transaction():
        person = owner(store, domain_id, {"scope": given.scope, "user": given.user})
        key, plain = api_keys.create(
            store, given.name, given.scope, now, domain_id=domain_id, created_by="command line",
            user_id=person.id if person else None,
        )  # fmt: skip
        changed = {"name": [None, key.name], "scope": [None, key.scope]}
        audit.record(
            store, now, who="command line", domain_id=domain_id, action="create", noun="api key", ref=key.id,
            changed=changed,
        )  # fmt: skip
    return f"Key {key.id} ({key.name}, {key.scope}), shown only now: {plain}"
