"""What applications say, as the prompts of the catalogue (prompts/en.yaml).  (pure)"""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sip_edge.apps.machine import Counted, Digits, Item, Say, When
from sip_edge.media import speaking

MENUS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "message_menu": ("to-send", "press-1", "to-listen", "press-2", "to-record-again", "press-3"),
        "mailbox_menu": (
            "to-hear-new", "press-1", "to-hear-saved", "press-2", "to-greetings", "press-3", "to-record-name",
            "press-4", "to-change-pin", "press-5", "to-exit", "press-star",
        ),
        "after_message_menu": (
            "to-repeat", "press-1", "to-save", "press-2", "to-delete", "press-3", "to-next", "press-pound",
            "to-main-menu", "press-star",
        ),
        "recording_menu": ("to-keep", "press-1", "to-listen", "press-2", "to-record-again", "press-3"),
        "begin_menu": ("to-begin-recording", "press-1"),
        "blocked": ("does-not-accept",),
    }
)  # fmt: skip
"""Sentences that are put together; every other one is a prompt of its own, with `-` for `_`."""


def prompts(item: Item, now: float, zone: str) -> list[str]:
    """The ids of the prompts that say an item; none for a recording, which is no prompt."""
    match item:
        case Say(sentence):
            return list(MENUS.get(sentence, (sentence.replace("_", "-"),)))
        case Digits(digits):
            return speaking.digits(digits)
        case Counted(new, saved):
            return speaking.messages(new, saved)
        case When(at):
            here = ZoneInfo(zone or "UTC")
            return speaking.moment(datetime.fromtimestamp(at, here), datetime.fromtimestamp(now, here))
    return []
