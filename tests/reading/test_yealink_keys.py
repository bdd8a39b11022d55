"""Yealink keys of every kind, expansion modules, and files of older firmware."""

from __future__ import annotations

import pytest

from provd.simulate.reading import arrange
from tests.reading.scenes import key, told, yealink


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0, "none"),
        (10, "park"),
        (11, "dtmf"),
        (13, "speed_dial"),
        (15, "line"),
        (16, "blf"),
        (17, "url"),
        (21, "shared_line"),
        (27, "url"),
        (5, "other"),
        (39, "other"),
        (9999, "other"),
    ],
)
def test_every_type_number_has_its_kind(code: int, kind: str) -> None:
    reading = yealink(f"linekey.4.type = {code}", "linekey.4.value = 2001", "linekey.4.line = 1")
    assert key(reading, 4).kind == kind
    assert key(reading, 4).raw.startswith(f"type={code} (")


def test_a_lamp_key_carries_line_label_and_pickup_code() -> None:
    reading = yealink(
        "linekey.2.type = 16",
        "linekey.2.line = 3",
        "linekey.2.value = 2001",
        "linekey.2.label = Ute = Lager",
        "linekey.2.extension = **",
    )
    found = key(reading, 2)
    assert (found.target, found.label, found.line, found.pickup) == ("2001", "Ute = Lager", 3, "**")
    assert found.locked is None, "a Yealink file does not lock single keys"


def test_a_line_key_has_no_target_and_is_shared_when_its_account_is() -> None:
    lines = ["linekey.1.type = 15", "linekey.1.line = 1", "linekey.1.value = 101"]
    assert (key(yealink(*lines), 1).kind, key(yealink(*lines), 1).target) == ("line", "")
    shared = yealink("account.1.enable = 1", "account.1.shared_line = 1", *lines)
    assert key(shared, 1).kind == "shared_line"


def test_keys_of_expansion_modules_keep_their_module() -> None:
    reading = yealink(
        "expansion_module.2.key.60.type = 13",
        "expansion_module.2.key.60.value = +4930555",
        "expansion_module.1.key.1.type = 16",
        "expansion_module.1.key.1.value = 2001",
        "linekey.1.type = 15",
        "linekey.1.line = 1",
    )
    assert [(found.module, found.number, found.kind) for found in reading.keys] == [
        (0, 1, "line"),
        (1, 1, "blf"),
        (2, 60, "speed_dial"),
    ]
    assert arrange(reading, 27, 60).keys == reading.keys


def test_memory_keys_count_after_the_line_keys_of_the_model() -> None:
    reading = yealink("linekey.1.type = 15", "linekey.1.line = 1", "memorykey.2.type = 16", "memorykey.2.value = 2001")
    assert key(reading, 3).bank == "memorykey", "from the file alone: one line key, so memory key 2 is the third"
    arranged = arrange(reading, 16, banks={"linekey": (6, 1), "memorykey": (10, 1)})
    assert key(arranged, 8).target == "2001"


def test_soft_keys_are_no_line_keys() -> None:
    assert yealink("programablekey.2.type = 61", "programablekey.2.label = Book").keys == ()


def test_a_key_without_a_usable_type_is_reported() -> None:
    reading = yealink("linekey.3.value = 2001", "linekey.0.type = 13")
    assert key(reading, 3).kind == "none"
    assert told(reading, "linekey.3 has no type") and told(reading, "linekey.0 is no key")


def test_names_of_older_firmware_are_understood() -> None:
    reading = yealink(
        "account.1.enable = 1",
        "account.1.user_name = 101",
        "account.1.sip_server_host = pbx.example",
        "account.1.sip_server_port = 5060",
        "account.1.transport = 1",
        "account.1.codec.1.enable = 1",
        "account.1.codec.1.payload_type = PCMA",
        "account.1.codec.1.priority = 1",
        "account.1.codec.2.enable = 0",
        "account.1.codec.2.payload_type = G722",
        "linekey.1.type = 16",
        "linekey.1.value = 2001",
        "linekey.1.pickup_value = *8",
        "network.lldp.enable = 1",
        "security.user_password = admin:old",
        "auto_provision.server.url = http://prov.example/",
        "firmware.url = http://prov.example/T46G.rom",
    )
    account = reading.accounts[0]
    assert (account.server, account.port, account.transport, account.codecs) == ("pbx.example", 5060, "tcp", ("pcma",))
    assert key(reading, 1).pickup == "*8"
    assert reading.settings == {"network.lldp": "yes", "admin.password": "old"}
    assert reading.provisioning_url == "http://prov.example/" and reading.firmware_url.endswith("T46G.rom")
