"""What the search palette finds: a few rows of each noun in one statement each, however large the company.

Rules of this file: every statement is bound to companies, and to a site or a person where the right reaches no
further. SQLite compares letters A to Z without their capitals by itself, which is ten times quicker than LOWER();
words with other letters go the long way.
"""

from __future__ import annotations

from dataclasses import dataclass

from provd.store.database import Store
from provd.store.rules import clean

EACH = 20


@dataclass(frozen=True, slots=True)
class Within:
    """Whose things: of these companies (None: of every one), of a site, of a person."""

    domain_ids: tuple[int, ...] | None
    site_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A row that was found: `ref` is what addresses call it, `words` what people know it by, `text` what else."""

    kind: str
    ref: str
    domain_id: int
    words: tuple[str, ...]
    text: str


class _Statement:
    """SQL that grows by conditions, each with its parameters."""

    def __init__(self, store: Store, text: str, alias: str, within: Within) -> None:
        self._store = store
        self._text = text
        self._where = ["1 = 1"]
        self._params: list[object] = []
        if within.domain_ids is not None:
            self.add(f"{alias}.domain_id IN ({', '.join('?' * len(within.domain_ids)) or 'NULL'})", *within.domain_ids)

    def add(self, condition: str, *params: object) -> None:
        self._where.append(condition)
        self._params += params

    def words(self, columns: tuple[str, ...], words: list[str]) -> None:
        """Every word is somewhere in one of the columns."""
        for word in words:
            short = self._store.sqlite and word.isascii()
            parts = [f"{column if short else f'LOWER({column})'} LIKE ? ESCAPE '|'" for column in columns]
            self.add(f"({' OR '.join(parts)})", *[f"%{_escaped(word)}%"] * len(columns))

    def rows(self, order: str, *params: object) -> list[tuple[object, ...]]:
        text = f"{self._text} WHERE {' AND '.join(self._where)} ORDER BY {order} LIMIT ?"
        return list(self._store.sql(text, (*self._params, *params, EACH)).fetchall())


def _escaped(word: str) -> str:
    word = clean(word, 60).lower()
    for special in "|%_":
        word = word.replace(special, "|" + special)
    return word


_USERS = "SELECT u.domain_id, u.extension, u.first_name, u.last_name, u.login_name FROM users u"
_ON_LINES = (
    "SELECT l.phone_id FROM phone_lines l JOIN devices d ON d.id = l.device_id JOIN users u ON u.id = d.user_id WHERE "
)
_PHONES = """
SELECT p.domain_id, p.mac, p.model, p.description, COALESCE((
  SELECT u.first_name || ' ' || u.last_name || ' ' || u.extension FROM phone_lines l
  JOIN devices d ON d.id = l.device_id JOIN users u ON u.id = d.user_id
  WHERE l.phone_id = p.id ORDER BY l.line LIMIT 1
), '') FROM phones p
"""


def people(store: Store, within: Within, words: list[str]) -> list[Found]:
    """Users by extension, name and login; those whose extension begins like the search come first."""
    made = _Statement(store, _USERS, "u", within)
    made.add("u.domain_id IS NOT NULL")
    _narrowed(made, within, "u.site_id", "u.id = ?")
    made.words(("u.extension", "u.first_name", "u.last_name", "u.login_name"), words)
    start = f"{_escaped(words[0])}%"
    order = "CASE WHEN u.extension LIKE ? ESCAPE '|' THEN 0 ELSE 1 END, LENGTH(u.extension), u.extension"
    return [
        Found("user", str(ext), int(str(domain)), (str(ext), f"{first} {last}".strip(), str(last)), str(login))
        for domain, ext, first, last, login in made.rows(order, start)
    ]


def phones(store: Store, within: Within, words: list[str], mac_part: str) -> list[Found]:
    """Phones by a part of the MAC (12 hexadecimal digits or less, empty for none), description and model; those whose
    MAC ends like the search come first."""
    found: dict[str, Found] = {}
    if mac_part:
        tail = _phones_where(store, within)
        tail.add("p.mac LIKE ?", f"%{mac_part}")
        found |= {one.ref: one for one in _phones(tail.rows("p.mac"))}
        inside = _phones_where(store, within)
        inside.add("p.mac LIKE ?", f"%{mac_part}%")
        found |= {one.ref: one for one in _phones(inside.rows("p.mac")) if one.ref not in found}
    named = _phones_where(store, within)
    named.words(("p.description", "p.model"), words)
    found |= {one.ref: one for one in _phones(named.rows("p.mac")) if one.ref not in found}
    return list(found.values())


def phones_of_people(store: Store, within: Within, people_found: list[Found]) -> list[Found]:
    """Phones that carry a device of one of these users."""
    if not people_found:
        return []
    made = _phones_where(store, within)
    pairs = [(one.domain_id, one.ref) for one in people_found]
    condition = " OR ".join(["(u.domain_id = ? AND u.extension = ?)"] * len(pairs))
    made.add(f"p.id IN ({_ON_LINES}{condition})", *[value for pair in pairs for value in pair])
    return _phones(made.rows("p.mac"))


def _phones_where(store: Store, within: Within) -> _Statement:
    made = _Statement(store, _PHONES, "p", within)
    _narrowed(made, within, "p.site_id", f"p.id IN ({_ON_LINES}u.id = ?)")
    return made


def _phones(rows: list[tuple[object, ...]]) -> list[Found]:
    return [
        Found("phone", str(mac), int(str(domain)), (str(mac), str(description), str(model)), str(person).strip())
        for domain, mac, model, description, person in rows
    ]


def _narrowed(made: _Statement, within: Within, site_column: str, of_user: str) -> None:
    if within.site_id is not None:
        made.add(f"{site_column} = ?", within.site_id)
    if within.user_id is not None:
        made.add(of_user, within.user_id)


def places(store: Store, within: Within, words: list[str], kind: str) -> list[Found]:
    """Sites, departments or templates by name: `kind` is site, department or template."""
    table, more = {"site": ("sites", "''"), "department": ("departments", "''"), "template": ("templates", "t.model")}[
        kind
    ]
    made = _Statement(store, f"SELECT t.domain_id, t.id, t.name, {more} FROM {table} t", "t", within)  # noqa: S608
    made.words(("t.name",), words)
    rows = made.rows("t.name")
    return [Found(kind, str(row), int(str(domain)), (str(name),), str(text)) for domain, row, name, text in rows]


def numbers(store: Store, within: Within, words: list[str]) -> list[Found]:
    """Phone numbers by their digits and notes."""
    made = _Statement(store, "SELECT n.domain_id, n.number, n.notes, n.treatment FROM phone_numbers n", "n", within)
    _narrowed(made, within, "n.site_id", "n.user_id = ?")
    made.words(("n.number", "n.notes"), words)
    return [
        Found("phone_number", str(number), int(str(domain)), (str(number), str(notes)), str(treatment))
        for domain, number, notes, treatment in made.rows("n.number")
    ]


def companies(store: Store, within: Within, words: list[str]) -> list[Found]:
    """Companies by name and description."""
    table = "(SELECT id AS domain_id, name, description FROM domains) c"
    made = _Statement(store, f"SELECT c.domain_id, c.name, c.description FROM {table}", "c", within)  # noqa: S608
    made.words(("c.name", "c.description"), words)
    return [
        Found("domain", str(name), int(str(domain)), (str(name), str(text)), str(text))
        for domain, name, text in made.rows("c.name")
    ]
