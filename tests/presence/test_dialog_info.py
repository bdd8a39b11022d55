"""dialog-info bodies as a phone's XML reader sees them (RFC 4235)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from sip_edge.presence import dialog_info
from sip_edge.presence.document import Document
from sip_edge.presence.situation import NOTHING, Call, Lamp, Party, Situation

ENTITY = "sip:102@acme.example"
SPACE = "{urn:ietf:params:xml:ns:dialog-info}"
RINGING = Call(
    "c1", Lamp.RINGING, True, Party(ENTITY, "Grace Hopper"), Party("sip:+12145550100@trunk.example", 'The "Bank" <&>'),
    "abc@host", "lt", "rt",
)  # fmt: skip
TALKING = Call("c2", Lamp.BUSY, False, Party(ENTITY), Party("sip:103@acme.example"))


def read(document: Document, version: int = 0) -> ElementTree.Element:
    return ElementTree.fromstring(document.body(version))


def dialogs(document: Document) -> dict[str, str]:
    """Dialog id → state."""
    return {one.get("id", ""): one.findtext(f"{SPACE}state", "") for one in read(document).iter(f"{SPACE}dialog")}


def test_full_state_names_everything_a_pickup_needs() -> None:
    root = read(dialog_info.full(ENTITY, "102", Situation(calls=(RINGING, TALKING))), 7)
    assert (root.tag, root.get("version"), root.get("state")) == (f"{SPACE}dialog-info", "7", "full")
    assert root.get("entity") == ENTITY
    first, second = root
    assert {name: first.get(name) for name in ("call-id", "local-tag", "remote-tag", "direction")} == {
        "call-id": "abc@host", "local-tag": "lt", "remote-tag": "rt", "direction": "recipient",
    }  # fmt: skip
    identity = first.find(f"{SPACE}remote/{SPACE}identity")
    assert identity is not None
    assert identity.text == "sip:+12145550100@trunk.example"
    assert identity.get("display") == 'The "Bank" <&>'
    assert second.get("direction") == "initiator"
    assert second.get("call-id") is None


def test_an_idle_name_is_one_dialog_that_is_over() -> None:
    assert dialogs(dialog_info.full(ENTITY, "102", NOTHING)) == {"102": "terminated"}


def test_calls_that_ended_are_named_once_more() -> None:
    before, now = Situation(calls=(RINGING, TALKING)), Situation(calls=(TALKING,))
    assert dialogs(dialog_info.full(ENTITY, "102", now, before)) == {"c2": "confirmed", "c1": "terminated"}
    assert dialogs(dialog_info.full(ENTITY, "102", NOTHING, now)) == {"c2": "terminated"}


def test_partial_state_has_what_changed() -> None:
    answered = Call("c1", Lamp.BUSY, True)
    before, now = Situation(calls=(RINGING, TALKING)), Situation(calls=(answered, TALKING))
    document = dialog_info.partial(ENTITY, before, now)
    assert read(document).get("state") == "partial"
    assert dialogs(document) == {"c1": "confirmed"}
    assert dialogs(dialog_info.partial(ENTITY, now, Situation(calls=(answered,)))) == {"c2": "terminated"}


def test_nobody_is_named_where_that_is_not_wanted() -> None:
    body = dialog_info.full(ENTITY, "102", Situation(calls=(RINGING,)), parties=False).body(0)
    assert b"trunk" not in body
    assert b"abc@host" not in body


def test_a_held_call_says_that_it_is_not_rendered() -> None:
    held = Call("c1", Lamp.HELD, local=Party(ENTITY))
    parameter = read(dialog_info.full(ENTITY, "102", Situation(calls=(held,)))).find(f".//{SPACE}local//{SPACE}param")
    assert parameter is not None
    assert (parameter.get("pname"), parameter.get("pvalue")) == ("+sip.rendering", "no")


@given(st.text(), st.text())
def test_no_name_breaks_the_document(name: str, uri: str) -> None:
    call = Call(name, Lamp.BUSY, True, Party(uri, name), Party(uri, name), uri, name, name)
    root = read(dialog_info.full(uri, name, Situation(calls=(call,))))
    assert len(list(root)) == 1
