"""A phone or template as it would be with somebody's changes that are not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from provd import facts
from provd.api import conflict
from provd.api.board import Board, as_json, key_json
from provd.api.call import Call
from provd.api.layering import candidate, secrets_of
from provd.api.problems import findings
from provd.errors import Forbidden, Invalid, Problem
from provd.phone import draft as rules
from provd.phone.config import MASK
from provd.phone.directory import choice_from
from provd.store import drafts, layer_history, users
from provd.store.database import Store
from provd.store.drafts import Draft
from provd.store.rows import Layer

Changes = Mapping[str, tuple[Any, Any]]
MOST_VERSIONS = 20


@dataclass(frozen=True)
class Drafted(Board):
    """A board whose layer has the caller's changes in it; saved() keeps them as a draft. `base` is the saved one."""

    base: Board | None = None
    draft: Draft = field(default_factory=lambda: Draft(0))

    @property
    def saved_board(self) -> Board:
        """The board without the draft."""
        assert self.base is not None, "drafted() gives it"
        return self.base

    def saved(self, keys: Mapping[str, Any], reason: str) -> dict[str, Any]:
        """Keep these keys in the draft; the answer tells what is wrong with it so far."""
        made = candidate({"keys": keys}, self.layer, self.target)
        then = self.kept({**parts(self.layer), "keys": self._plain(made.keys)})
        problems, blocking = judged(then)
        return {
            "revision": self.layer.revision, "keys": dict(then.layer.keys), "warnings": findings([*blocking, *problems])
        }  # fmt: skip

    def _plain(self, keys: Mapping[str, Any]) -> dict[str, Any]:
        """Each key in the one way that it is written, so that what is as before is no change."""
        before, then = facts.typed_keys(self.saved_board.layer.keys), facts.typed_keys(keys)
        return {
            str(place): self.saved_board.layer.keys[str(place)] if before.get(place) == key else key_json(key)
            for place, key in sorted(then.items())
        }

    def kept(self, wanted: rules.Parts) -> Drafted:
        """Keep the draft that makes `wanted` of the saved layer, as one more step."""
        now = parts(self.saved_board.layer)
        changes = rules.after(self.draft.changes, now, wanted)
        if changes == self.draft.changes:
            return self
        return self.put(changes, (*self.draft.undo, dict(self.draft.changes)))

    def put(self, changes: Changes, undo: Any) -> Drafted:
        """Keep these changes; a draft that nobody else has met goes on from the newest version."""
        now = self.saved_board.layer
        revision = self.draft.revision if rules.met(changes, parts(now)) else now.revision
        draft = Draft(revision, changes, undo, self.draft.created)
        who = self.call.who
        kind, ref = place_of(self)
        kept = drafts.put(
            self.store, kind, ref, owner_of(self.call), draft, self.call.now, name=person(self.store, self.call),
            user_id=who.user_id,
        )  # fmt: skip
        return drafted(self.saved_board, kept)


def parts(layer: Layer) -> dict[str, Mapping[str, Any]]:
    """A layer as the rules of drafts see it."""
    return {"values": layer.values, "keys": layer.keys, "raw": layer.raw, "directory": layer.directory}


def owner_of(call: Call) -> str:
    """Whose draft it is: the person's, whatever key or session they come with."""
    return f"user {call.who.user_id}" if call.who.user_id is not None else call.who.name[:200]


def person(store: Store, call: Call) -> str:
    """What others are told whose draft it is."""
    found = users.by_id(store, call.who.user_id) if call.who.user_id is not None else None
    return (found.name or found.login_name) if found is not None else call.who.name[:200]


def place_of(board: Board) -> tuple[str, int]:
    """Kind and id of what is edited."""
    return board.target.kind, int(board.target.ref)


def opened(board: Board) -> Drafted:
    """The caller's draft over the saved board."""
    kind, ref = place_of(board)
    found = drafts.get(board.store, kind, ref, owner_of(board.call), board.call.now)
    return drafted(board, found or Draft(board.layer.revision))


def drafted(board: Board, draft: Draft) -> Drafted:
    """The board with a draft over it."""
    now = parts(board.layer)
    changes = rules.left(draft.changes, now)
    layer = laid(board, rules.applied(now, changes))
    told = {item.name: getattr(board, item.name) for item in fields(Board)}
    made = Drafted(**{**told, "layer": layer}, base=board, draft=replace(draft, changes=changes))
    if layer.directory != board.layer.directory and board.call.directory is not None:
        choice = choice_from(made.merged.directory)
        contacts = board.call.directory.shown(choice, board.site, board.department)
        made = replace(made, contacts=contacts)
    return made


def laid(board: Board, wanted: rules.Parts) -> Layer:
    """The own layer with this content."""
    before = board.layer
    made = replace(
        before, values=dict(wanted["values"]), keys=dict(wanted["keys"]), raw=dict(wanted["raw"]),
        directory=dict(wanted["directory"]),
    )  # fmt: skip
    kept = frozenset(name for name in before.secret_names if name in made.values or name in made.raw)
    return replace(made, secret_names=secrets_of(replace(made, secret_names=kept), board.target.families))


def judged(board: Drafted) -> tuple[list[Problem], list[Problem]]:
    """What may surprise, and what stands in the way of saving."""
    try:
        return board.saved_board.judge(board.layer), []
    except Invalid as error:
        return [], list(error.problems)


def guard_save(board: Drafted) -> None:
    """Raises Forbidden for changes that the caller may not save (any more): of locked keys, of settings; and Stale
    (409) where somebody else has changed the same meanwhile."""
    saved = board.saved_board
    own_only = saved.target.kind == "phone" and not saved.call.may(board.store, "phones.write")
    for name in board.draft.changes:
        part, _, rest = name.partition(".")
        if part == "keys":
            saved.guard(*(place for place in saved.locked if str(place) == rest))
        elif own_only:
            raise Forbidden("Only managers change settings and directory; discard these changes.")
    if rules.met(board.draft.changes, parts(saved.layer)):
        raise conflict.stale(board.store, board.call, saved.target, saved.layer, board.draft.revision, 409)


def told_changes(board: Drafted) -> list[dict[str, Any]]:
    """Every change with what it was, what it will be, and where somebody else met it, what it is now."""
    saved = board.saved_board
    now = rules.named(parts(saved.layer))
    met = rules.met(board.draft.changes, parts(saved.layer))
    families = board.target.families
    hidden = secrets_of(saved.layer, families) | secrets_of(board.layer, families)

    def shown(name: str, value: Any) -> Any:
        part, _, rest = name.partition(".")
        return MASK if value and part in ("values", "raw") and rest in hidden else value

    return [
        {
            "name": name, "was": shown(name, was), "wanted": shown(name, wanted), "met": name in met,
            "now": shown(name, now.get(name)),
        }
        for name, (was, wanted) in board.draft.changes.items()
    ]  # fmt: skip


def news(board: Drafted) -> list[dict[str, Any]]:
    """What others saved since the draft was begun."""
    saved = board.saved_board
    if board.draft.revision >= saved.layer.revision or not board.draft.changes:
        return []
    rows = layer_history.recent(board.store, saved.layer, MOST_VERSIONS + 1, since=board.draft.revision)
    found = conflict.versions(rows, saved.target)
    return [one for one in found if one["revision"] > board.draft.revision][:MOST_VERSIONS]


def layout(board: Drafted) -> dict[str, Any]:
    """The keys and the directory choice of the template and of the draft, as a template of its own would have them."""
    lower = [layer for layer in board.lower if layer.kind == "template"]
    own = facts.typed_keys(board.layer.keys)
    keys = {place: key for layer in lower for place, key in layer.keys.items()} | own
    directory: dict[str, Any] = {}
    for said in (*(layer.directory for layer in lower), board.layer.directory):
        directory.update(said)
    return {"keys": as_json(keys), "directory": directory}
