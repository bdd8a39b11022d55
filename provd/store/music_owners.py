"""Who has music on hold of their own, as lists show it (SF-317)."""

from __future__ import annotations

from dataclasses import dataclass

from provd.store.database import Store


@dataclass(frozen=True, slots=True)
class Owner:
    """A user, and how much there is of each kind."""

    extension: str
    name: str
    songs: int
    messages: int
    introduction: bool
    seconds: float


def find(
    store: Store, domain_id: int, *, with_music: bool = True, search: str = "", site_id: int | None = None,
    user_id: int | None = None, limit: int = 100, start: int = 0,
) -> tuple[list[Owner], bool]:  # fmt: skip
    """Users by extension, from place `start` on, and whether there are more. `with_music`: only those who have some;
    `search` looks at extension and name; `site_id`, `user_id`: only these. Services are not among them."""
    where = ["u.domain_id = ?", "u.service_code = ''"]
    values: list[object] = [domain_id, domain_id]
    for word in search.casefold().split()[:8]:
        where.append("(LOWER(u.first_name || ' ' || u.last_name) LIKE ? ESCAPE '!' OR u.extension LIKE ? ESCAPE '!')")
        plain = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values += [f"%{plain}%", f"{plain}%"]
    for column, value in (("site_id", site_id), ("id", user_id)):
        if value is not None:
            where.append(f"u.{column} = ?")
            values.append(value)
    if with_music:
        where.append("t.user_id IS NOT NULL")
    rows = store.sql(
        # The conditions are texts of this function; only their parameters come from outside.
        "SELECT u.extension, u.first_name, u.last_name, COALESCE(t.songs, 0), COALESCE(t.messages, 0), "  # noqa: S608
        "COALESCE(t.introductions, 0), COALESCE(t.seconds, 0) FROM users u LEFT JOIN ("
        "SELECT user_id, SUM(CASE kind WHEN 'song' THEN 1 ELSE 0 END) AS songs, "
        "SUM(CASE kind WHEN 'message' THEN 1 ELSE 0 END) AS messages, "
        "SUM(CASE kind WHEN 'introduction' THEN 1 ELSE 0 END) AS introductions, SUM(seconds) AS seconds "
        "FROM music_tracks WHERE domain_id = ? AND owner = 'user' GROUP BY user_id) t ON t.user_id = u.id "
        f"WHERE {' AND '.join(where)} ORDER BY u.extension LIMIT ? OFFSET ?",
        (*values, limit + 1, start),
    ).fetchall()
    found = [
        Owner(row[0], f"{row[1]} {row[2]}".strip(), int(row[3]), int(row[4]), bool(row[5]), float(row[6]))
        for row in rows[:limit]
    ]
    return found, len(rows) > limit
