"""Wrong PINs, counted so that a mailbox is not guessed open, and not closed to its owner by somebody else.  (pure)"""

from __future__ import annotations

from provd.limits import Buckets

TIGHT, LOOSE, PER_SECOND = 6, 40, 1 / 600
"""Wrong PINs of one caller at one mailbox; of one caller at all, and of all strangers at one mailbox; and how fast they
are forgotten: one in ten minutes. With 40 and then 144 a day, four digits last for weeks."""


class Guesses:
    """One a process. A caller is an extension of the company (who has signed in) or a number from outside, which can
    be forged; both see other mailboxes closed by what strangers guess, but the mailbox's own phones never do."""

    def __init__(self) -> None:
        self._tight = Buckets(TIGHT, PER_SECOND)
        self._loose = Buckets(LOOSE, PER_SECOND)

    def closed(self, domain_id: int, mailbox: str, extension: str, number: str, now: float) -> bool:
        """Whether the mailbox `mailbox` is closed to who calls from `extension` (empty: from outside) or `number`;
        `now` is in seconds of any clock."""
        tight, loose = _keys(domain_id, mailbox, extension, number)
        return self._tight.empty(tight, now) or any(self._loose.empty(one, now) for one in loose)

    def wrong(self, domain_id: int, mailbox: str, extension: str, number: str, now: float) -> None:
        """Count a PIN that was wrong."""
        tight, loose = _keys(domain_id, mailbox, extension, number)
        self._tight.take(tight, now)
        for one in loose:
            self._loose.take(one, now)


def _keys(domain_id: int, mailbox: str, extension: str, number: str) -> tuple[str, tuple[str, ...]]:
    """The caller at this mailbox; and the caller, and the kind of callers at this mailbox."""
    inside = bool(extension)
    caller = f"{domain_id} {'inside' if inside else 'outside'} {extension or number}"
    if inside and extension == mailbox:
        return f"{caller} at {mailbox}", ()
    return f"{caller} at {mailbox}", (caller, f"{domain_id} {'colleagues' if inside else 'strangers'} of {mailbox}")
