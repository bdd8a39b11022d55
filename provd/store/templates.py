"""Phone templates: a layout for phones of one model (SF-284 to SF-288). The layout itself is the template's layer."""

from __future__ import annotations

from typing import Any

from provd.errors import Conflict, Forbidden
from provd.store import changes, layers, rules
from provd.store.database import Store
from provd.store.reading import contains, different, fetch, one, select
from provd.store.rows import Template
from provd.store.tables import Templates

DEFAULTS: dict[str, Any] = {"description": "", "read_only": False}
RULES: dict[str, rules.Rule] = {
    "name": rules.filled,
    "description": rules.text,
    "model": rules.model_id,
    "read_only": rules.yes_or_no,
}


def create(store: Store, domain_id: int, name: str, model: str, now: int, **fields: Any) -> Template:
    """Makes an empty template for phones of `model`; fill it with layers.save(…, "template", template.id, …)."""
    values = {**DEFAULTS, **fields, "name": name, "model": model}
    rules.require(rules.check(RULES, values))
    with store.transaction():
        _free(store, domain_id, name)
        template_id = store.execute(Templates.insert(domain_id=domain_id, revision=1, created=now, **values))
        changes.record(store, "template", template_id, domain_id, now)
    return get(store, domain_id, template_id)


def copy(store: Store, domain_id: int, template_id: int, name: str, now: int, *, who: str) -> Template:
    """Makes a template of another name with the same layout (SF-285); the copy can be edited."""
    with store.transaction():
        source = get(store, domain_id, template_id)
        made = create(store, domain_id, name, source.model, now, description=source.description)
        layer = layers.get(store, domain_id, "template", template_id)
        layers.save(
            store, domain_id, "template", made.id, now, who=who, values=layer.values, keys=layer.keys, raw=layer.raw,
            directory=layer.directory, secret_names=layer.secret_names, comment=f"Copy of {source.name}",
        )  # fmt: skip
    return get(store, domain_id, made.id)


def get(store: Store, domain_id: int, template_id: int) -> Template:
    """The template of this company with this id."""
    query = select(Template, Templates).where((Templates.domain_id == domain_id) & (Templates.id == template_id))
    return one(store, Template, query, "There is no such template in this company.")


def by_name(store: Store, domain_id: int, name: str) -> Template:
    """The template of this company with this name."""
    query = select(Template, Templates).where((Templates.domain_id == domain_id) & (Templates.name == name))
    return one(store, Template, query, f"There is no template {name} in this company.")


def find(store: Store, domain_id: int, *, search: str = "", model: str = "") -> list[Template]:
    """The templates of a company by name; `search` in name and model, `model` for those that fit a phone."""
    query = select(Template, Templates).where(Templates.domain_id == domain_id)
    if model:
        query = query.where(Templates.model == model)
    for word in search.split():
        query = query.where(contains((Templates.name, Templates.model), word))
    return fetch(store, Template, query.order_by(Templates.name))


def update(store: Store, domain_id: int, template_id: int, now: int, **fields: Any) -> Template:
    """Saves those of `fields` that differ. The model is fixed while phones use the template."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        changed = different(get(store, domain_id, template_id), fields)
        if "name" in changed:
            _free(store, domain_id, changed["name"])
        if "model" in changed:
            _unused(store, template_id)
        if changed:
            store.execute(Templates.update(changed).where(Templates.id == template_id))
            changes.record(store, "template", template_id, domain_id, now)
    return get(store, domain_id, template_id)


def delete(store: Store, domain_id: int, template_id: int, now: int) -> None:
    """Deletes a template that no phone uses; raises Conflict while one does, Forbidden for a read-only one."""
    with store.transaction():
        if get(store, domain_id, template_id).read_only:
            raise Forbidden("This template is read-only; copy it instead.")
        _unused(store, template_id)
        layers.drop(store, "template", template_id)
        store.execute(Templates.delete().where(Templates.id == template_id))
        changes.record(store, "template", template_id, domain_id, now)


def phone_count(store: Store, domain_id: int, template_id: int) -> int:
    """How many phones use the template."""
    get(store, domain_id, template_id)
    return _users(store, template_id)


def phone_counts(store: Store, domain_id: int) -> dict[int, int]:
    """How many phones use each of the company's templates that are in use."""
    query = (
        "SELECT template_id, COUNT(*) FROM phones WHERE domain_id = ? AND template_id IS NOT NULL GROUP BY template_id"
    )
    return {int(row[0]): int(row[1]) for row in store.sql(query, (domain_id,)).fetchall()}


def _users(store: Store, template_id: int) -> int:
    return int(store.sql("SELECT COUNT(*) FROM phones WHERE template_id = ?", (template_id,)).fetchone()[0])


def _unused(store: Store, template_id: int) -> None:
    count = _users(store, template_id)
    if count:
        users = "1 phone uses" if count == 1 else f"{count} phones use"
        raise Conflict(f"{users} this template; change that first.")


def _free(store: Store, domain_id: int, name: str) -> None:
    if store.tuples(
        Templates.select(Templates.id).where((Templates.domain_id == domain_id) & (Templates.name == name))
    ):
        raise Conflict(f"There is a template {name} in this company already; choose another name.")
