"""What is wrong with a message the peer sent: a status code, a sentence, and the headers that go with it.  (pure)"""

from __future__ import annotations


class SipError(ValueError):
    """The peer broke the protocol, or asked for what we do not do.

    `code` is the SIP status a server answers with (RFC 3261 section 21), `sentence` names the header or part and
    the mend, `headers` are the (name, value) pairs the answer must carry (RFC 3261 section 8.2: `Unsupported`,
    `Allow`, `Accept`). Values the peer sent never appear in the sentence: they may be secrets, and they may be long.
    """

    def __init__(self, code: int, sentence: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(f"{code} {sentence}")
        self.code = code
        self.sentence = sentence
        self.headers = headers

    def __reduce__(self) -> tuple[type[SipError], tuple[int, str, tuple[tuple[str, str], ...]]]:
        """Copies and pickles rebuild from the three parts, not from the joined text."""
        return type(self), (self.code, self.sentence, self.headers)
