"""The catalogue: device_templates/ read once, checked against its schemas, immutable afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import yaml

from provd.errors import ProvdError
from provd.phone.key import KINDS
from provd.phone.model import Box, Drawing, Family, FileRule, KeyRule, Model, Modules, Recognition, Unverified

SHIPPED = Path(__file__).resolve().parent.parent / "device_templates"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every family and model we know, by id."""

    families: Mapping[str, Family]
    models: Mapping[str, Model]

    def family_of(self, model_id: str) -> Family:
        """The family of a model; KeyError when there is no such model."""
        return self.families[self.models[model_id].family]


class CatalogueError(ProvdError):
    """A file of device_templates/ breaks its schema; the sentence names the file, the place and the rule."""

    status = 500


@lru_cache(1)
def shipped() -> Catalogue:
    """The catalogue that comes with the product."""
    return load(SHIPPED)


def load(folder: Path) -> Catalogue:
    """Read every family folder under `folder`; raises CatalogueError with the first file that is wrong."""
    schemas = {name: _schema(folder / "schema" / f"{name}.json") for name in ("family", "model")}
    families: dict[str, Family] = {}
    models: dict[str, Model] = {}
    for path in sorted(folder.glob("*/family.yaml")):
        family = _family(path, schemas["family"])
        families[family.id] = family
        for model_path in sorted(path.parent.glob("models/*.yaml")):
            model = _model(model_path, schemas["model"])
            models[model.id] = model
    return Catalogue(MappingProxyType(families), MappingProxyType(models))


def model_id(vendor: str, name: str) -> str:
    """`Yealink`, `T46U` → `yealink-t46u`: how rows and URLs name a model."""
    return re.sub(r"[^a-z0-9]+", "-", f"{vendor} {name}".lower()).strip("-")


def _schema(path: Path) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def _checked(path: Path, schema: jsonschema.Draft202012Validator) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise CatalogueError(f"{path.name}{line} is not YAML: {getattr(error, 'problem', error)}.") from error
    wrong = next(iter(schema.iter_errors(content)), None)
    if wrong is not None:
        place = ".".join(str(part) for part in wrong.absolute_path) or "the top"
        raise CatalogueError(f"{path.parent.name}/{path.name}, at {place}: {wrong.message}.")
    checked: dict[str, Any] = content
    return checked


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _family(path: Path, schema: jsonschema.Draft202012Validator) -> Family:
    said = _checked(path, schema)
    unknown = set(said["keys"]) ^ (set(KINDS) - {"cascade"})
    if unknown:
        raise CatalogueError(
            f"{path.parent.name}/family.yaml, keys: say code or cannot for {', '.join(sorted(unknown))}."
        )
    secret = said.get("secret_parameters")
    return Family(
        id=path.parent.name,
        vendor=said["vendor"],
        title=said["title"],
        status=said["status"],
        files=tuple(_file_rule(rule) for rule in said["files"]),
        recognitions=tuple(Recognition(re.compile(pattern)) for pattern in said["user_agents"]),
        certificate_issuers=tuple(re.compile(pattern) for pattern in said.get("certificate_issuers", ())),
        ouis=tuple(said.get("ouis", ())),
        keys=MappingProxyType({kind: KeyRule(kind, **rule) for kind, rule in said["keys"].items()}),
        label_length=said["label_length"],
        secret_parameters=re.compile(secret) if secret else None,
        raw_names=re.compile(said["raw"]["names"]),
        raw_style=said["raw"]["style"],
        codecs=MappingProxyType(said["codecs"]),
        facts=MappingProxyType(said.get("facts", {})),
        resync=MappingProxyType(said["resync"]),
        dhcp=tuple(MappingProxyType(option) for option in said.get("dhcp", ())),
        unverified=_unverified(said.get("unverified", ())),
        templates=MappingProxyType(_templates(path.parent, said.get("templates_from"))),
    )


def _file_rule(rule: Mapping[str, str]) -> FileRule:
    return FileRule(
        name=rule["name"],
        role=rule["role"],
        template=rule.get("template", ""),
        content_type=rule.get("content_type", "text/plain"),
        escape=rule.get("escape", "line"),
        encoding=rule.get("encoding", "utf-8"),
    )


def _templates(folder: Path, parent: str | None) -> dict[str, str]:
    inherited = _templates(folder.parent / parent, None) if parent else {}
    return inherited | {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.j2"))}


def _unverified(said: Iterable[Mapping[str, str]]) -> tuple[Unverified, ...]:
    return tuple(Unverified(entry["fact"], entry["note"]) for entry in said)


def _model(path: Path, schema: jsonschema.Draft202012Validator) -> Model:
    said = _checked(path, schema)
    keys, modules, drawing = said["keys"], said.get("modules"), said.get("drawing")
    return Model(
        id=model_id(said["vendor"], said["model"]),
        vendor=said["vendor"],
        name=said["model"],
        family=said["family"],
        accounts=said["accounts"],
        keys=keys["total"],
        keys_per_page=keys.get("per_page", keys["total"]),
        pages=keys.get("pages", 1),
        modules=Modules(modules["keys"], modules["most"], tuple(modules["names"])) if modules else None,
        screen=said.get("screen", ""),
        colour=said.get("colour"),
        user_agents=tuple(said.get("user_agents", (said["model"],))),
        files=MappingProxyType(said.get("files", {})),
        facts=MappingProxyType(said.get("facts", {})),
        drawing=_drawing(drawing) if drawing else None,
        confidence=said["confidence"],
        unverified=_unverified(said.get("unverified", ())),
        source=said["source"],
        note=said.get("note", ""),
    )


def _drawing(said: Mapping[str, Any]) -> Drawing:
    width, height = said["size"]
    screen = said.get("screen")
    return Drawing(
        width,
        height,
        Box(*screen) if screen else None,
        tuple(Box(*box) for box in said.get("keys", ())),
        tuple(Box(*box) for box in said.get("screens", ())),
        said.get("look", "plain"),
    )
