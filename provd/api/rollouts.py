"""Firmware: which phones run what, and new versions brought out stage by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.jobs import JOB, UNDER_WAY, can_tell, shown
from provd.api.schema import choice, define, listing, nullable, number, obj, text
from provd.errors import Conflict, Invalid, Problem
from provd.firmware import Image
from provd.jobs import writing
from provd.jobs.judging import Target
from provd.stages import ROLLOUT, rollout, to_json
from provd.store import jobs, targets
from provd.store.database import Store

group = Group(
    "firmware",
    "Which firmware phones run, which they are to run, and rollouts: jobs that give a version to one phone, then to "
    "some, then to the rest, and halt at the first phone that fails. No phone is told while a call is on.",
)

COUNTED = {"version": text("Empty: not known, or none wished"), "phones": number()}
IMAGE = obj({"name": text("As phones ask for it"), "version": text(), "size": number()})
RUNS = define(
    "ModelFirmware",
    obj(
        {
            "model": text(), "title": text(), "phones": number(), "versions": listing(obj(COUNTED), "What they run"),
            "targets": listing(obj(COUNTED), "What their layers say they are to run"),
            "images": listing(IMAGE, "What is on the shelf for this model"),
            "rollout": nullable(number("The job that is under way", 1)),
        }
    ),
)  # fmt: skip
SIZE = {
    "anyOf": [number(low=1, high=100_000), text(longest=4, pattern="^[0-9]{1,2} ?%$", examples=["5%"])],
    "description": "So many phones, or such a share of them, counted from the beginning",
}
STARTS = obj(
    {
        "model": text("The model's id", 64),
        "version": text("A version that the shelf has for the model", 64),
        "file": text("Or the image's name on the shelf", 120),
        "stages": listing(SIZE, "How far each stage goes; the rest comes last", 10),
        "resync": choice(("idle", "tonight"), "When phones are told", default="idle"),
    },
    required=("model",),
)


@group.get(
    "/domains/{domain}/firmware", "firmware.read",
    obj({"items": listing(RUNS), "problems": listing(text(longest=1000), "What is wrong on the shelf")}),
)  # fmt: skip
async def get_firmware(call: Call) -> Any:
    """Get which firmware the phones of a company run

    By model: the versions seen, those wished by some layer, and the images that are there."""
    shelf = call.services.firmware
    items = await call.services.store.run_apart(_runs, call)
    return {"items": items, "problems": [problem[:1000] for problem in shelf.problems]}


def _runs(store: Store, call: Call) -> list[dict[str, Any]]:
    with store.reading():
        phones = targets.everybody(store, call.domain_id)
        wishes = targets.firmware_wishes(store, call.domain_id)
        open_jobs = _open(store, call)
    by_model: dict[str, list[Target]] = {}
    for phone in phones:
        by_model.setdefault(phone.model, []).append(phone)
    return [_of_model(call, model, some, wishes, open_jobs) for model, some in sorted(by_model.items())]


def _of_model(
    call: Call, model_id: str, phones: list[Target], wishes: Mapping[tuple[str, str], str], open_jobs: Mapping[str, int]
) -> dict[str, Any]:
    model = call.services.catalogue.models.get(model_id)
    family = model.family if model else ""
    images = [image for image in call.services.firmware.all() if model_id in image.models]
    return {
        "model": model_id,
        "title": f"{model.vendor} {model.name}" if model else model_id,
        "phones": len(phones),
        "versions": _counted(phone.firmware for phone in phones),
        "targets": _counted(wished(phone, family, wishes, call.domain_id) for phone in phones),
        "images": [{"name": one.name, "version": one.version, "size": one.size} for one in images],
        "rollout": open_jobs.get(model_id),
    }


def _counted(versions: Any) -> list[dict[str, Any]]:
    return [{"version": version, "phones": count} for version, count in Counter(versions).most_common(100)]


def wished(phone: Target, family: str, wishes: Mapping[tuple[str, str], str], domain_id: int) -> str:
    """The version that the highest of a phone's layers names; empty when none does."""
    places = (
        ("phone", str(phone.id)), ("template", str(phone.template_id)), ("site", str(phone.site_id)),
        ("company", str(domain_id)), ("model", phone.model), ("brand", family), ("server", ""),
    )  # fmt: skip
    return next((wishes[place] for place in places if place in wishes), "")


def _open(store: Store, call: Call) -> dict[str, int]:
    """The rollouts of a company that are under way, by model."""
    found = jobs.find(store, call.domain_id, kind=writing.FIRMWARE, limit=1000).items
    return {str(job.result.get("model")): job.id for job in found if job.state in UNDER_WAY}


@group.post("/domains/{domain}/firmware/rollouts", "firmware.write", JOB, body=STARTS, status=202)
async def start_rollout(call: Call) -> Any:
    """Bring out a firmware version for a model

    A job: `stages` such as [1, "5%"] say how many phones have it before it goes on; the rest follows. A phone counts
    when it runs the version. It halts at the first phone that fails, and can then be continued or rolled back."""
    can_tell(call)
    model = call.model(call.body["model"])
    return await call.services.store.run_apart(_start, call, _image(call, model.id))


def _image(call: Call, model: str) -> Image:
    """The image that the body names; raises Invalid."""
    shelf, version, file = call.services.firmware, call.body.get("version", ""), call.body.get("file", "")
    if bool(version) == bool(file):
        raise Invalid([Problem("version", "Name either a version or a file.")])
    found = shelf.image(model, version) if version else shelf.get(file)
    if found is None or model not in found.models or shelf.get(found.name) is None:
        text = (
            f"The firmware shelf has no {version or file} for {model}; put the image and its line of the manifest into "
            "the firmware folder and restart the server."
        )
        raise Invalid([Problem("version" if version else "file", text)])
    return found  # type: ignore[no-any-return]


def _start(store: Store, call: Call, image: Image) -> dict[str, Any]:
    model = call.body["model"]
    with store.transaction():
        under_way = _open(store, call).get(model)
        if under_way is not None:
            raise Conflict(f"Job {under_way} brings out firmware for this model already; stop it first.")
        phones = targets.everybody(store, call.domain_id, model=model)
        macs = [phone.mac for phone in phones if phone.firmware != image.version]
        if not macs:
            raise Conflict(f"Every phone of this model runs {image.version} already, or there is none.")
        try:
            stages = rollout(len(macs), call.body.get("stages", list(ROLLOUT)))
        except ValueError as error:
            raise Invalid([Problem("stages", str(error))]) from None
        settings = {
            "name": image.name, "model": model, "version": image.version, "stages": to_json(stages),
            "resync": call.body.get("resync", "idle"),
        }  # fmt: skip
        job = jobs.create(
            store, call.domain_id, writing.FIRMWARE, macs, call.now, created_by=call.who.name, settings=settings
        )
        call.audit(store, "roll out", "firmware", model, {"version": [None, image.version]})
    call.location = f"/api/v2/jobs/{job.id}"
    call.after.append(call.services.jobs.wake)
    return shown(store, job, call.domain.name if call.domain else None)
