"""The tables are made from nothing, once, on both databases, and are what tables.py says they are."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from peewee import BooleanField, Model

from provd.errors import ProvdError
from provd.seal import Seal
from provd.store import call_tables, domains, routing_tables, tables, trace_tables
from provd.store.database import Store, open_database
from provd.store.migrations import applied, available, migrate
from tests.store.conftest import KEY, NOW

MODELS = [
    model
    for module in (tables, trace_tables, routing_tables, call_tables)
    for _, model in inspect.getmembers(module, inspect.isclass)
    if issubclass(model, Model) and model is not Model
]


def test_an_empty_database_is_brought_to_this_version_once(new_url: Callable[..., str]) -> None:
    store = open_database(new_url(), Seal([KEY]))
    assert applied(store) == []
    assert migrate(store) == available()
    domains.create(store, "acme.example", NOW)
    assert migrate(store) == []
    assert applied(store) == available()
    assert [domain.name for domain in domains.find(store)] == ["acme.example"]
    store.close()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_columns_are_those_of_the_models(store: Store, model: type[Model]) -> None:
    meta = model._meta
    there = {column.name: column for column in store.database.get_columns(meta.table_name)}
    assert set(there) == set(meta.columns)
    for name, field in meta.columns.items():
        assert field.primary_key or there[name].null == field.null, name
        assert (there[name].data_type.lower() == "boolean") == isinstance(field, BooleanField), name


def test_every_table_has_a_model_and_is_in_the_backup_unless_it_is_of_the_moment(store: Store) -> None:
    from provd.store.backup import TABLES

    # Worth nothing elsewhere
    of_the_moment = {
        "sip_bindings", "sip_subscriptions", "resyncs", "restart_settings", "sessions", "mails", "mailbox_changes",
        "call_dialogs",
    }  # fmt: skip
    named = {model._meta.table_name for model in MODELS}
    there = set(store.database.get_tables()) - {"migrations", "sqlite_sequence"}
    assert there - of_the_moment == named
    assert there - of_the_moment - {"changes"} == set(TABLES)


def test_two_processes_may_start_at_once(new_url: Callable[..., str]) -> None:
    url = new_url()
    program = """
import sys
from provd.seal import Seal
from provd.store.database import open_database
from provd.store.migrations import migrate
print(*migrate(open_database(sys.argv[1], Seal([bytes(range(32))]))))
"""
    command = [sys.executable, "-c", program, url]
    root = Path(__file__).parents[2]
    starts = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(3)]
    printed = [start.communicate(timeout=60)[0].split() for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert sorted(name for names in printed for name in names) == available()


def test_a_newer_database_is_left_alone(store: Store) -> None:
    store.sql("INSERT INTO migrations (name) VALUES ('9999_future')")
    with pytest.raises(ProvdError, match="9999_future"):
        migrate(store)


def test_the_wrong_key_file_is_noticed_at_the_start(store: Store, url: str) -> None:
    stranger = open_database(url, Seal([bytes(32)]))
    with pytest.raises(ProvdError, match="key file"):
        migrate(stranger)
    stranger.close()
