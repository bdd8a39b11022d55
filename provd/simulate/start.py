"""One start of one phone: what it has asked, read and understood so far.  (pure)

A vendor's script is a generator that yields an Ask and gets the Reply; it reads like the vendor's own list of files.
Waiting, trying again, authentication and remembered files are not its business but machine.py's.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from provd.simulate.address import file_of, folder, join, label, sound
from provd.simulate.makes import Unit
from provd.simulate.reading import Reading, Unreadable, merge, read
from provd.simulate.reading.reading import ReadContact
from provd.simulate.wire import Ask, Reply

Fetching = Generator[Ask, Reply, Reply]
Script = Generator[Ask, Reply, None]
Taking = Generator[Ask, Reply, "Reading | None"]

MOST_FILES = 40


class NoAnswer(Exception):
    """The server stayed silent for longer than the phone is patient; the text is a sentence."""


@dataclass(slots=True)
class Memory:
    """What a phone keeps over a restart: the address it was told, its parameters, its files by name and, by address,
    those that came with an ETag."""

    url: str = ""
    parameters: dict[str, str] = field(default_factory=dict, repr=False)
    etags: dict[str, tuple[str, bytes]] = field(default_factory=dict, repr=False)
    bodies: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Start:
    """The notes of one start. `url` is where the phone looks for its files: a folder, or one file; `lost` names the
    first file of its configuration that it needs and did not get."""

    unit: Unit
    url: str
    memory: Memory
    search: str = ""
    parts: list[Reading] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    contacts: list[ReadContact] = field(default_factory=list)
    found: list[ReadContact] | None = None
    asked: set[str] = field(default_factory=set)
    lost: str = ""
    _merged: tuple[tuple[Reading, ...], Reading] | None = field(default=None, repr=False)

    @property
    def mac(self) -> str:
        """Twelve digits in lower case."""
        return self.unit.mac

    @property
    def file(self) -> str:
        """The file that the given address names itself; "" when it is that of a folder."""
        return file_of(self.url)

    @property
    def base(self) -> str:
        """The folder of the phone's files."""
        return folder(self.url)

    def reading(self) -> Reading | None:
        """Everything read so far, put together by the vendor's rule."""
        if not self.parts:
            return None
        # Asked often, and put together anew only when there is a new part.
        if self._merged is None or not _same(self._merged[0], self.parts):
            self._merged = (tuple(self.parts), merge(self.parts))
        return self._merged[1]

    def parameter(self, *names: str) -> str:
        """The first of several raw parameters that has a value, among those read so far."""
        merged = self.reading()
        said = merged.parameters if merged else {}
        return next((said[name] for name in names if said.get(name)), "")

    def ask(self, ask: Ask) -> Fetching:
        """Ask once more, noting it; raises NoAnswer when the server does not answer in the end."""
        if len(self.asked) >= MOST_FILES and ask.url not in self.asked:
            raise NoAnswer(f"It was sent to more than {MOST_FILES} files; a phone stops there: shorten the list.")
        name = label(ask.url)
        if not sound(ask.url):
            self.problems.append(f"It was sent to {name[:60] or 'something'}, which is no address: mend the file.")
            return Reply(404)
        self.asked.add(ask.url)
        reply = yield ask
        if reply.silent:
            reason = reply.error or f"status {reply.status}"
            raise NoAnswer(f"The server gave no {name or 'answer'} ({reason}); check that it runs and can be reached.")
        if reply.status in (401, 403):
            self.problems.append(f"The server wants a user and password for {name} that the phone does not have.")
        elif not reply.ok and not ask.optional:
            self.problems.append(f"The server has no {name} for it (status {reply.status}).")
        return reply

    def take(
        self,
        name: str,
        *,
        optional: bool = False,
        base: str = "",
        login: tuple[str, str] | None = None,
        agent: str = "",
    ) -> Taking:
        """Ask for a configuration file by its name and read it; None when it is not there or cannot be read."""
        url = join(base or self.url, name)
        reply = yield from self.ask(Ask(url, optional=optional, login=login, agent=agent))
        reading = self.read(label(url), reply.body) if reply.ok else None
        if reading is not None:
            self.parts.append(reading)
        elif not optional:
            self.lost = self.lost or label(url)
        return reading

    def read(self, name: str, body: bytes) -> Reading | None:
        """Read a file as this phone would; None, and a problem, when it cannot."""
        plain = name.partition("?")[0].rpartition("/")[2]
        try:
            reading = read(self.unit.make.family, plain, body, mac=self.mac, model=self.unit.make.name)
        except Unreadable as error:
            self.problems.append(f"{plain}: {error}")
            return None
        return reading

    def look_at_firmware(self, url: str) -> Script:
        """Look at a firmware image without fetching it: whether it is there, and which version it is."""
        reply = yield from self.ask(Ask(join(self.url, url), method="HEAD", optional=True))
        if not reply.ok:
            self.problems.append(f"The firmware it was told, {label(join(self.url, url))}, is not there.")


def _same(one: Sequence[Reading], other: Sequence[Reading]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
