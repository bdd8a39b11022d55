"""message-summary documents (RFC 3842): the message waiting lamp.  (pure)"""

from __future__ import annotations

from sip_edge.presence.document import Document
from sip_edge.presence.situation import Mailbox

CONTENT_TYPE = "application/simple-message-summary"


def document(account: str, box: Mailbox) -> Document:
    """The summary of one mailbox; `account` is the URI a phone calls to hear it (RFC 3842 section 5.2).

    Raises ValueError when the account holds a line break.
    """
    if "\r" in account or "\n" in account:
        raise ValueError("The account of a mailbox cannot hold a line break.")
    waiting = "yes" if box.new else "no"
    counts = f"{box.new}/{box.old} ({box.urgent_new}/{box.urgent_old})"
    text = f"Messages-Waiting: {waiting}\r\nMessage-Account: {account}\r\nVoice-Message: {counts}\r\n"
    return Document(CONTENT_TYPE, text.encode())
