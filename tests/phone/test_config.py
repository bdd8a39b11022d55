"""From layers to what the phone gets: default lines, labels, codes, the nightly minute, blank secrets."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provd import catalogue
from provd.phone.config import MASK, PhoneConfig, update_window, without_secrets
from tests.factories import phone_config


def _config(keys: dict[str, Any] | None = None, **more: Any) -> PhoneConfig:
    case = {"mac": "805ec0a1b2c3", "model": "yealink-t46u", "layers": {"phone": {"keys": keys or {}}}, **more}
    return phone_config(catalogue.shipped(), case)


def test_a_phone_without_keys_still_has_a_key_for_every_line() -> None:
    config = _config(accounts=["101", "102"])
    assert [(key.number, key.kind, key.line) for key in config.keys] == [(1, "line", 1), (2, "line", 2)]


def test_a_line_that_has_a_key_gets_no_second_one() -> None:
    config = _config({"5": {"kind": "line"}, "1": {"kind": "blf", "target": "102"}})
    assert [(key.number, key.kind) for key in config.keys] == [(1, "blf"), (5, "line")]


def test_a_label_follows_the_person_unless_it_was_replaced() -> None:
    config = _config({"2": {"kind": "blf", "target": "102"}, "3": {"kind": "blf", "target": "103", "label": "Boss"}})
    assert config.key_at(0, 2).label == "Grace Hopper"  # type: ignore[union-attr]
    assert config.key_at(0, 3).label == "Boss"  # type: ignore[union-attr]


def test_feature_keys_dial_the_companys_code_and_then_their_target() -> None:
    config = _config(
        {"2": {"kind": "timeframe_toggle", "target": "7"}, "3": {"kind": "queue_login"}},
        layers={
            "company": {"values": {"codes.queue_login": "*88"}},
            "phone": {"keys": {"2": {"kind": "timeframe_toggle", "target": "7"}, "3": {"kind": "queue_login"}}},
        },
    )
    assert config.key_at(0, 2).value == "*547"  # type: ignore[union-attr]
    assert config.key_at(0, 3).value == "*88"  # type: ignore[union-attr]


def test_a_key_beyond_the_models_places_stays_in_the_layer_and_out_of_the_file() -> None:
    config = _config({"m1.4": {"kind": "blf", "target": "102"}, "99": {"kind": "blf", "target": "103"}})
    assert [key.number for key in config.keys] == [1]
    with_module = _config({"m1.4": {"kind": "blf", "target": "102"}}, modules=["EXP43"])
    assert with_module.key_at(1, 4) is not None


def test_the_origin_of_every_value_and_key_is_known() -> None:
    config = _config({"2": {"kind": "blf", "target": "102"}})
    assert config.key_at(0, 2).origin == "phone"  # type: ignore[union-attr]
    assert config.key_at(0, 1).origin == "default"  # type: ignore[union-attr]
    assert config.origins["sip.port"] == "default"


def test_without_proof_there_is_no_secret_in_it() -> None:
    layers = {
        "company": {"values": {"admin.password": "geheim1"}},
        "phone": {"raw": {"static.x.password": "geheim2", "static.y": "open"}},
    }
    config = without_secrets(_config(layers=layers, http_user=True), re.compile("password$"))
    assert "geheim" not in repr(config)
    assert [account.password for account in config.accounts] == [""]
    assert config.raw == {"static.x.password": "", "static.y": "open"}
    assert (config.urls.password, config.secrets) == ("", False)


def test_a_person_sees_marks_where_secrets_are_and_nothing_where_none_is() -> None:
    config = without_secrets(_config(layers={"company": {"values": {"admin.password": "geheim"}}}), None, MASK)
    assert (config.values["admin.password"], config.values["user.password"]) == (MASK, "")


@given(st.integers(0, 2**48 - 1))
def test_the_nightly_minute_lies_in_the_window_and_is_always_the_same(number: int) -> None:
    mac = f"{number:012x}"
    window = update_window(mac, "23:30-01:15")
    assert (window.minute - window.start) % 1440 < 105
    assert update_window(mac, "23:30-01:15") == window


def test_a_fleet_is_spread_over_the_window() -> None:
    minutes = {update_window(f"001565{number:06x}", "02:00-04:00").minute for number in range(2000)}
    assert minutes == set(range(120, 240))
