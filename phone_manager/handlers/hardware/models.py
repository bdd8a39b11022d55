"""Models: what is known of each, what its keys can do, and what no device has confirmed yet."""

from __future__ import annotations

from typing import Any

from phone_manager.base import Page
from phone_manager.views import hardware
from phone_manager.views import hardware_models as models
from phone_manager.views.drawing import draw
from provd.store import domains


class OfCatalogue(Page):
    """A page of no company, which people of one see in the frame of theirs."""

    right = "catalogue.read"

    async def guard(self, **path: str) -> None:
        await super().guard(**path)
        if self.who.domain_id is not None:
            self.domain = await self.services.store.run(domains.get, self.who.domain_id)


class Models(OfCatalogue):
    """`/models`. Asked for by htmx, only the list."""

    async def show(self, **_: str) -> None:
        chosen = {"search": self.wanted("search"), "family": self.wanted("family")}
        query = {**chosen, "limit": 1000}
        found = (await self.ask("GET", "/models", query=query)).body["items"]
        families = (await self.ask("GET", "/families", query={"limit": 1000})).body["items"]
        self.page(
            f"pages/hardware/models{'_part' if self.partial else ''}.html", found=models.by_vendor(found),
            chosen=chosen, families=families, pictures=hardware.minis(
                self.services.catalogue.models, (one["id"] for one in found)
            ),
        )  # fmt: skip


class OneModel(OfCatalogue):
    """`/models/<id>`."""

    async def show(self, model: str, **_: str) -> None:
        found = (await self.ask("GET", "/models/{model}", model=model)).body
        family = (await self.ask("GET", "/families/{family}", family=found["family"])).body
        fact = self.services.catalogue.models[found["id"]]
        modules = fact.modules.names[:1] if fact.modules else ()
        drawing: Any = draw(fact, modules, {}, base_href="")
        self.page(
            "pages/hardware/model.html", model=found, family=family, drawing=drawing,
            doubts=models.doubts(found, family), rules=models.rules(found["key_rules"]),
            rate=models.CONFIDENCE.get(found["confidence"], (found["confidence"], "off", "")),
        )  # fmt: skip
