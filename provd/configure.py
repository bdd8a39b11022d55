"""One phone's configuration as of now: its rows, merged and resolved. Journey 1 serves it, the API shows it."""

from __future__ import annotations

from dataclasses import replace

from provd import facts
from provd.catalogue import Catalogue
from provd.facts import Addresses
from provd.firmware import FirmwareShelf
from provd.phone.config import MASK, PhoneConfig, Urls, resolve, without_secrets
from provd.phone.directory import CompanyDirectory, DirectoryChoice
from provd.render import render
from provd.store import directory, snapshot, timeframes
from provd.store.database import Store
from provd.store.rows import Domain, PhoneSnapshot
from provd.zones import zone

MOST_DIRECTORIES = 100


class Configurator:
    """Reads a phone's snapshot and makes its configuration."""

    def __init__(
        self, store: Store, catalogue: Catalogue, firmware: FirmwareShelf, addresses: Addresses, *, http_digest: bool
    ) -> None:
        self.catalogue = catalogue
        self.addresses = addresses
        self.firmware = firmware
        self._store = store
        self._http_digest = http_digest
        self._directories: dict[int, tuple[int, CompanyDirectory]] = {}

    async def snapshot(self, phone_id: int) -> PhoneSnapshot:
        """The rows of one phone as they are at one moment; NotFound when it is gone."""
        return await self._store.run(_read, phone_id, self.catalogue)

    async def config(self, taken: PhoneSnapshot, *, full: bool = True) -> PhoneConfig:
        """The configuration of a snapshot. Not `full`: without any password or token, for a phone without proof."""
        return self.configure(taken, await self.directory(taken.domain), full=full)

    async def directory(self, domain: Domain) -> CompanyDirectory:
        """The company's directory, read again only when it has changed."""
        kept = self._directories.get(domain.id)
        if kept is not None and kept[0] == domain.directory_revision:
            kept[1].frames = await self._store.run(timeframes.names, domain.id)
            return kept[1]
        made = await self._store.run_apart(_read_directory, domain.id)
        if len(self._directories) >= MOST_DIRECTORIES:
            self._directories.clear()
        self._directories[domain.id] = (domain.directory_revision, made)
        return made

    async def files(self, taken: PhoneSnapshot, *, secrets: bool) -> dict[str, bytes]:
        """Every file of the phone by name, with its secrets or with marks in their place."""
        config = await self.config(taken)
        family = self.catalogue.family_of(taken.phone.model)
        if not secrets:
            config = self.masked(config, taken)
        return render(config, self.catalogue.models[taken.phone.model], family)

    def masked(self, config: PhoneConfig, taken: PhoneSnapshot) -> PhoneConfig:
        """The configuration as a person may see it: secrets and the token in the URLs are marks."""
        family = self.catalogue.family_of(taken.phone.model)
        hidden = without_secrets(config, family.secret_parameters, MASK)
        urls = {name: getattr(hidden.urls, name) for name in ("base", "directory", "firmware")}
        for token in filter(None, (taken.phone_token, taken.domain_token)):
            urls = {name: url.replace(token, MASK) for name, url in urls.items()}
        return replace(hidden, urls=replace(hidden.urls, **urls))

    def configure(self, taken: PhoneSnapshot, listed: CompanyDirectory, *, full: bool = True) -> PhoneConfig:
        """Merge and resolve what has been read."""
        model = self.catalogue.models[taken.phone.model]
        gathered = facts.phone_facts(taken, listed, model, zone("UTC"), Urls(""), self.addresses, taken.stamp)
        values = {name: str(sourced.value) for name, sourced in gathered.merged.values.items()}
        urls = self._urls(taken, values["provisioning.protocol"], values["firmware.version"]) if full else Urls("")
        config = resolve(replace(gathered, zone=zone(values["time.zone"]), urls=urls))
        return config if full else without_secrets(config, self.catalogue.family_of(model.id).secret_parameters)

    def _urls(self, taken: PhoneSnapshot, protocol: str, version: str) -> Urls:
        token = taken.phone_token or taken.domain_token
        web = "http" if protocol == "tftp" else protocol  # directories are searched, which TFTP cannot
        image = self.firmware.image(taken.phone.model, version) if version else None
        login = (taken.phone.digest_user, taken.digest_password) if self._http_digest else ("", "")
        return Urls(
            self.addresses.base(protocol, token),
            f"{self.addresses.base(web, token)}directory/{taken.phone.mac}.xml",
            f"{self.addresses.root(protocol)}/firmware/{image.name}" if image else "",
            *login,
        )


def _read_directory(store: Store, domain_id: int) -> CompanyDirectory:
    """In a thread: thousands of names take longer to read and sort than the loop can wait."""
    entries = directory.entries(store, domain_id)
    made = CompanyDirectory((facts.contact(entry) for entry in entries), timeframes.names(store, domain_id))
    made.shown(DirectoryChoice(), "", "")
    return made


def _read(store: Store, phone_id: int, catalogue: Catalogue) -> PhoneSnapshot:
    found = store.sql("SELECT model FROM phones WHERE id = ?", (phone_id,)).fetchone()
    model = catalogue.models.get(found[0]) if found else None
    return snapshot.load(store, phone_id, model.family if model else "")
