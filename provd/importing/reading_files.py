"""Reading a file that somebody named, with a bound and with a sentence for every way it can fail."""

from __future__ import annotations

import stat
from pathlib import Path

from provd.errors import NotFound, ProvdError


def content_of(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; raises ProvdError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ProvdError(f"{path} is not a file; name the file itself.")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise ProvdError(f"The file {path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    if len(content) > limit:
        raise ProvdError(f"The file {path} has more than {limit} bytes, which is more than is ever read.")
    return content
