"""Jobs: what is being applied, how far each phone is, live; stopped, continued, tried again, taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.live import Stream
from phone_manager.views import jobs as views
from provd.errors import NotFound, ProvdError

ONE = "/jobs/{job}"
SHOWN = 100
TOLD = {
    "stop": "The job is stopped. Phones that waited are left as they were.",
    "continue": "The job goes on.",
    "retry": "The phones that failed are tried again.",
}


class JobPage(Page):
    """A page about jobs of the address's company."""

    right = "jobs.read"

    async def job(self, number: str) -> dict[str, Any]:
        """The job of the address; NotFound when it is another company's."""
        found: dict[str, Any] = (await self.ask("GET", ONE, job=number)).body
        if self.domain is None or found["domain"] != self.domain.name:
            raise NotFound("There is no such job here.")
        return found

    def words(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """What is said of a job wherever it is shown."""
        model = str(job["result"].get("model", ""))
        return {
            "title": views.title(job, self.model_name(model) if model else ""), "progress": views.progress(job),
            "bar": views.bar(job["counts"], job["total"]), "mark": views.STATES[job["state"]],
        }  # fmt: skip


class Jobs(JobPage):
    """`/c/<company>/jobs`: newest first."""

    async def show(self, **_: str) -> None:
        assert self.domain is not None, "the address names a company"
        query = {"domain": self.domain.name, "cursor": self.wanted("cursor"), "limit": 50}
        found = (await self.ask("GET", "/jobs", query=query)).body
        rows = [{**job, **self.words(job)} for job in found["items"]]
        self.page(
            "pages/jobs/list.html", jobs=rows, first=not query["cursor"],
            more=found["next"] and self.url("jobs", cursor=found["next"]),
        )  # fmt: skip


class OneJob(JobPage):
    """`/c/<company>/jobs/<id>`: all of it, or the phones in one state."""

    async def show(self, job: str, **_: str) -> None:
        await self._page(job)

    async def _page(self, number: str, error: ProvdError | None = None) -> None:
        job = await self.job(number)
        self.page(
            "pages/jobs/job.html", status=error.status if error else 200, **await told(self, job),
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, job: str, **_: str) -> None:
        do, row = self.field("do"), await self.job(job)
        if do not in (*TOLD, "rollback"):
            raise NotFound("There is nothing of this kind to do with a job.")
        try:
            if do == "rollback":
                back = (await self.ask("POST", "/jobs/{job}/rollback", body={}, job=job)).body
                self.go(self.url("jobs", back["id"]), f"Job {row['id']} is being taken back.")
                return
            await self.ask("POST", f"/jobs/{{job}}/{do}", job=job)
        except ProvdError as error:
            await self._page(job, error)
            return
        self.go(self.url("jobs", job), TOLD[do])


async def told(page: JobPage, job: Mapping[str, Any]) -> dict[str, Any]:
    """What the page of a job shows, also its live pieces: the job and one page of its phones."""
    state = page.wanted("state")
    if state not in ("", *views.ITEMS):
        raise NotFound("Phones of a job have no such state.")
    query = {"state": state, "cursor": page.wanted("cursor"), "limit": SHOWN}
    items = (await page.ask("GET", "/jobs/{job}/items", query=query, job=job["id"])).body
    resync = bool(job["result"].get("resync"))
    rows = [
        {**one, "steps": views.steps(one, told=resync), "words": views.ITEMS[one["state"]]} for one in items["items"]
    ]
    return {
        "job": job, **page.words(job), "items": rows, "chosen": state, "when_told": views.when(job),
        "tabs": views.tabs(job["counts"]), "stages": views.stages(job), "may_do": views.may_do(job),
        "more": items["next"] and page.url("jobs", job["id"], state=state, cursor=items["next"]),
        "first": not query["cursor"], "going_on": job["state"] in views.UNDER_WAY, "undecided": views.halted_at(job),
    }  # fmt: skip


class LiveJob(Stream, JobPage):
    """`/c/<company>/jobs/<id>/live`: the same pieces as they change; the numbers are looked at once a second."""

    beat = 1.0
    _made: tuple[tuple[int, str], dict[str, str]] | None = None

    async def watched(self, **path: str) -> Collection[str]:
        await self.job(path["job"])
        return ["-"]  # a job's own numbers tell what is new, and not every event of its phones

    async def pieces(self, **path: str) -> Mapping[str, str]:
        row = await self.job(path["job"])
        version = (row["change"], row["state"])
        if self._made is None or self._made[0] != version:
            context = {**self.frame(), **await told(self, row)}
            made = {
                name: self.site.pages.get_template(f"pages/jobs/{name}.html").render(context)
                for name in ("progress", "phones")
            }
            self._made = (version, made)
        return self._made[1]
