"""What a database refuses, as sentences: the drivers' own words stay in the cause, for the log."""

from __future__ import annotations

import json

import peewee

from provd.errors import Invalid, Problem, ProvdError

LOST = (peewee.OperationalError, peewee.InterfaceError)
REFUSED = (*LOST, peewee.DataError, ValueError, OverflowError)


class Unavailable(ProvdError):
    """The database is busy, full or gone; the same request may work later."""

    status = 503


def translated(error: Exception) -> Exception:
    """The error to raise in place of a driver's; an error that is none of REFUSED's business comes back as it is."""
    if isinstance(error, LOST):
        text = str(error).lower()
        if "locked" in text or "busy" in text or "lock timeout" in text:
            return Unavailable("The database is busy with another change; try again in a moment.")
        if "full" in text:
            return Unavailable("The disk of the database is full; make room and try again.")
        return Unavailable("The database does not answer; check that it runs and try again.")
    if isinstance(error, (peewee.DataError, OverflowError)):
        return Invalid([Problem("", "A number or text in the request is larger than the database can hold.")])
    if isinstance(error, json.JSONDecodeError):
        return error
    # psycopg2 refuses NUL characters with a ValueError, both drivers half of a surrogate pair with a subclass of it.
    return Invalid([Problem("", "The request has a character that cannot be stored; take it out.")])
