"""Drafts: changes of a phone or template that are kept for whoever makes them, and saved as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provd.api import board as boards
from provd.api import directory, draft_views, keys, resync
from provd.api.board import Board
from provd.api.call import Call
from provd.api.conflict import VERSION
from provd.api.drafting import (
    Drafted,
    guard_save,
    judged,
    laid,
    layout,
    news,
    opened,
    owner_of,
    parts,
    place_of,
    told_changes,
)
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.layering import candidate, etag, save
from provd.api.phonetemplates import DESCRIPTION, NAME, TEMPLATE
from provd.api.phonetemplates import shown as shown_template
from provd.api.problems import FINDING, findings
from provd.api.schema import choice, define, listing, moment, nullable, number, obj, switch, table, text
from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.phone import draft as rules
from provd.phone.directory import choice_from
from provd.store import drafts, layers, targets, templates
from provd.store.database import Store

group = Group(
    "drafts",
    "Changes of a phone or a template that are not saved yet (SF-278 to SF-280). Everybody has a draft of their own "
    "for each; it is kept for two weeks after its last change, with ten steps back, and saved as one version. "
    "Two people are told of each other; what both changed is chosen, everything else is merged.",
)

CHANGE = obj(
    {
        "name": text("Such as `keys.7` or `values.language`"), "was": {}, "wanted": {}, "now": {},
        "met": switch("Somebody else has saved something else here: choose"),
    }
)  # fmt: skip
EDITOR = obj({"name": text(longest=401), "since": moment(), "updated": moment()})
DRAFT = define(
    "Draft",
    obj(
        {
            "revision": number("The saved version that it lies over"), "changes": listing(CHANGE, most=5000),
            "steps": number("How many steps can be undone"), "since": nullable(moment("When it was begun")),
            "editors": listing(EDITOR, "Who else has changes here that are not saved"),
            "news": listing(obj(VERSION), "What others saved since it was begun"),
            "keys": listing(keys.CHOSEN, "As they would be"), "problems": listing(FINDING, "What may surprise"),
            "blocking": listing(FINDING, "What stands in the way of saving"),
            "phones": nullable(number("How many phones get it")),
        }
    ),
)  # fmt: skip
WISH = obj(
    {
        "values": table(nullable({}), "Settings by name; null gives one back to the layers below", 100),
        "raw": table(nullable(text(longest=1000)), "Vendor parameters; null takes one away", 2000),
        "directory": directory.CHOICE,
    },
    required=(),
) | {"minProperties": 1}  # fmt: skip
CHOOSE = obj({"name": text("The change"), "take": choice(("mine", "theirs"))})
SAVE = obj({"comment": text("Kept with the version", 200)}, required=())
SAVED = define(
    "SavedDraft",
    obj(
        {
            "revision": number(), "warnings": listing(FINDING, "What may surprise"),
            "phones": nullable(number("How many phones get it")),
        }
    ),
)  # fmt: skip


def get_draft(board: Drafted, call: Call) -> Any:
    """Get the draft of {what}

    The keys as they would be, every change, and what stands in the way of saving it. Without a draft, {what} as it is
    saved."""
    problems, blocking = judged(board)
    kind, ref = place_of(board)
    call.etag = etag(board.saved_board.layer)
    return {
        "revision": board.layer.revision, "changes": told_changes(board), "steps": len(board.draft.undo),
        "since": board.draft.created or None, "news": news(board),
        "editors": [
            {"name": one.name, "since": one.since, "updated": one.updated}
            for one in drafts.others(board.store, kind, ref, owner_of(call), call.now)
        ],
        "keys": keys.list_keys(board, call)["items"], "problems": findings(problems), "blocking": findings(blocking),
        "phones": targets.concerned(board.store, board.target.domain_id, kind, board.target.ref),
    }  # fmt: skip


def patch_draft(board: Drafted, call: Call) -> Any:
    """Change settings in the draft of {what}

    Settings, vendor parameters and the choice of the directory; what is not named stays. Keys have their own paths."""
    now = parts(board.layer)
    wanted = {name: _with(now[name], call.body.get(name, {})) for name in ("values", "raw", "directory")}
    made = candidate({**wanted, "keys": board.layer.keys}, board.layer, board.target)
    return get_draft(board.kept({**parts(made), "keys": board.layer.keys}), call)


def _with(now: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**now, **said}.items() if value is not None}


def delete_draft(board: Drafted, call: Call) -> None:
    """Discard the draft of {what}"""
    if not (board.draft.changes or board.draft.undo):
        raise NotFound("There are no changes here that could be discarded.")
    drafts.drop(board.store, *place_of(board), owner_of(call))


def post_undo(board: Drafted, call: Call) -> Any:
    """Undo the last step in the draft of {what}"""
    if not board.draft.undo:
        raise Conflict("There is no step to undo.")
    return get_draft(board.put(board.draft.undo[-1], board.draft.undo[:-1]), call)


def post_choose(board: Drafted, call: Call) -> Any:
    """Choose between a change in the draft of {what} and what somebody else has saved"""
    name, mine = call.body["name"], call.body["take"] == "mine"
    if name not in board.draft.changes:
        raise Invalid([Problem("name", "There is no such change in this draft.")])
    now = parts(board.saved_board.layer)
    changes = rules.chosen(board.draft.changes, now, name, mine=mine)
    undo = board.draft.undo if mine else (*board.draft.undo, dict(board.draft.changes))
    return get_draft(board.put(changes, undo), call)


def post_save(board: Drafted, call: Call) -> Any:
    """Save the draft of {what}

    As one version. Refused where it would break what is whole, and where somebody else has changed the same: choose
    first."""
    store, saved = board.store, board.saved_board
    if not board.draft.changes:
        raise Conflict("There is nothing to save: all is as it was.")
    guard_save(board)
    warnings = saved.judge(board.layer)
    after = save(store, call, board.target, saved.layer, board.layer, call.body.get("comment") or _comment(board))
    drafts.drop(store, *place_of(board), owner_of(call))
    kind, ref = board.target.kind, board.target.ref
    phones = targets.concerned(store, board.target.domain_id, kind, ref)
    return {"revision": after.revision, "warnings": findings(warnings), "phones": phones}


def _comment(board: Drafted) -> str:
    names = [draft_views.title(name) for name in board.draft.changes]
    told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return told[:200]


def post_template(board: Drafted, call: Call) -> Any:
    """Make a template of the draft of {what}

    “Save as new template” (SF-279): with the keys and the directory as they would be. The draft stays."""
    store, body, model = board.store, dict(call.body), board.target.model
    if model is None:
        raise Conflict("The model is not known, so there can be no template for it.")
    made = templates.create(store, call.domain_id, body.pop("name"), model.id, call.now, **body)
    content: dict[str, Any] = {"values": {}, **layout(board)}
    secret: frozenset[str] = frozenset()
    if board.target.kind == "template":
        content |= {"values": board.layer.values, "raw": board.layer.raw}
        secret = board.layer.secret_names
    layers.save(
        store, call.domain_id, "template", made.id, call.now, who=call.who.name, secret_names=secret,
        comment=f"Layout of {board.target.named}", **content,
    )  # fmt: skip
    call.audit(store, "create", "template", made.name)
    assert call.domain is not None
    call.location = f"/api/v2/domains/{call.domain.name}/phonetemplates/{made.id}"
    return shown_template(templates.get(store, call.domain_id, made.id))


def post_restore(board: Drafted, call: Call) -> Any:
    """Lay a saved version over {what}, as a draft

    What it changes can be looked at, and undone, before it is saved."""
    target = board.target
    version = layers.version(board.store, target.domain_id, target.kind, target.ref, call.id("revision"))
    return get_draft(board.kept(parts(laid(board.saved_board, parts(version)))), call)


def get_directory(board: Drafted, call: Call) -> Any:
    """Get the directory of {what} as the draft has it"""
    return directory.get_directory(board, call)


def post_hide(board: Drafted, call: Call) -> Any:
    """Hide a contact in the draft of {what}, or show it again"""
    hidden = set(choice_from(board.merged.directory).hidden)
    wanted = call.body["id"]
    if wanted not in hidden and (call.directory is None or wanted not in call.directory.by_id):
        raise NotFound(f"There is no contact {wanted} in this company’s directory.")
    (hidden.add if call.body["hidden"] else hidden.discard)(wanted)
    return get_draft(
        board.kept({**parts(board.layer), "directory": {**board.layer.directory, "hidden": sorted(hidden)}}), call
    )


BoardOf = Callable[[Store, Call], Board]


def _work(function: Callable[[Drafted, Call], Any], what: str, board_of: BoardOf) -> Callable[[Store, Call], Any]:
    def endpoint(store: Store, call: Call) -> Any:
        return function(opened(board_of(store, call)), call)

    endpoint.__doc__ = (function.__doc__ or "").replace("{what}", what)
    return endpoint


def declare(above: str, what: str, edit: str, settings: str, board_of: BoardOf) -> None:
    """The endpoints of the drafts of a phone or template: `edit` is the right to its keys, `settings` to the rest."""

    def work(function: Callable[[Drafted, Call], Any]) -> Callable[[Store, Call], Any]:
        return _work(function, what, board_of)

    path, here = f"{above}/draft", {"configured": True, "query": SHOWN}
    doing: dict[str, Any] = {"configured": True, "status": 200}
    group.get(path, edit, DRAFT, **here)(work(get_draft))
    group.patch(path, settings, DRAFT, body=WISH, **here)(work(patch_draft))
    group.delete(path, edit, configured=True)(work(delete_draft))
    group.post(f"{path}/undo", edit, DRAFT, **doing, query=SHOWN)(work(post_undo))
    group.post(f"{path}/choose", edit, DRAFT, body=CHOOSE, **doing, query=SHOWN)(work(post_choose))
    group.post(f"{path}/save", edit, SAVED, body=SAVE, **doing)(work(post_save))
    group.post(f"{path}/restore/{{revision}}", settings, DRAFT, **doing, query=SHOWN)(work(post_restore))
    group.post(
        f"{path}/template", "templates.write", TEMPLATE, body=obj(NEW, required=("name",)), configured=True
    )(work(post_template))  # fmt: skip
    group.get(
        f"{path}/directory", settings, directory.DIRECTORY, query={**PAGING, **SEARCH}, configured=True
    )(work(get_directory))  # fmt: skip
    group.post(f"{path}/directory/hide", settings, DRAFT, body=directory.HIDE, **doing, query=SHOWN)(work(post_hide))
    group.get(f"{path}/settings", settings, draft_views.SETTINGS, configured=True)(work(draft_views.get_settings))
    keys.declare(path, f"the draft of {what}", edit, edit, lambda store, call: opened(board_of(store, call)))


SHOWN = {"filled": number("0 leaves out what cascades and lines fill", 0, 1, default=1)}
NEW = {"name": NAME, "description": DESCRIPTION}
declare("/phones/{mac}", "a phone", "phones.keys", "phones.write", boards.of_phone)
declare(
    "/domains/{domain}/phonetemplates/{template}", "a template", "templates.write", "templates.write",
    boards.of_template,
)  # fmt: skip
draft_views.declare(group)


@group.post("/phones/{mac}/keys/resync", "phones.keys", resync.RESYNC, body=resync.ONE, status=202, at_home=True)
async def resync_keys(call: Call) -> Any:
    """Have a phone take its keys

    As `resync`, also for the people whose phone it is: what they saved is on it at once (SF-280)."""
    return await resync.resync_phone(call)
