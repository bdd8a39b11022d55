"""HT8xx adapters: a port is an account."""

from __future__ import annotations

from tests.reading.scenes import grandstream, items, told, values


def test_ports_of_small_adapters() -> None:
    body = values(P271="1", P47="pbx.example", P35="101", P34="pw", P401="1", P747="pbx.example:5062", P748="e.example")
    reading = grandstream(body + values(P735="102", P736="102a", P734="pw2", P703="Fax"), 1, "grandstream-ht")
    first, second = reading.accounts
    assert (first.user, first.server, first.enabled) == ("101", "pbx.example", True)
    assert (second.user, second.auth_user, second.port, second.display_name) == ("102", "102a", 5062, "Fax")
    assert second.outbound_proxy == "e.example" and reading.keys == ()
    assert told(grandstream(items({"account.1.enable": "Yes"}), 2, "grandstream-ht"), "config version 1 only")


def test_ports_of_large_adapters_point_to_a_profile() -> None:
    body = values(P271="1", P47="one.example", P401="0", P747="two.example", P748="e.example", P32="10")
    ports = values(P4060="101", P4090="101a", P4120="pw", P4180="Fax", P4150="0", P4595="1")
    reading = grandstream(body + ports + values(P4061="102", P4151="1", P4062="103", P4597="0"), 1, "grandstream-ht")
    assert [(port.index, port.user, port.server, port.enabled) for port in reading.accounts] == [
        (1, "101", "one.example", True),
        (2, "102", "two.example", False),
        (3, "103", "one.example", False),
    ]
    assert [port.outbound_proxy for port in reading.accounts] == ["", "e.example", ""]
    first = reading.accounts[0]
    assert (first.auth_user, first.password, first.display_name, first.expires) == ("101a", "pw", "Fax", 600)
    alone = grandstream(values(P4067="108"), 1, "grandstream-ht").accounts
    assert [(port.index, port.user, port.enabled) for port in alone] == [(8, "108", True)]
