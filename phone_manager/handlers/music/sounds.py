"""Songs and messages for the players of the pages."""

from __future__ import annotations

from phone_manager.handlers.voicemail.box import AudioAnswer


class CompanyTrack(AudioAnswer):
    """`…/music/company/tracks/<id>/audio`."""

    right = "music.read"

    async def show(self, track: str, **_: str) -> None:
        content = (await self.ask("GET", "/domains/{domain}/music/tracks/{track}/audio", track=track)).body
        self.sound(content, f"music-{track}.wav")


class UserTrack(AudioAnswer):
    """`…/music/<extension>/tracks/<id>/audio`."""

    right = "music.owned"

    async def show(self, user: str, track: str, **_: str) -> None:
        path = "/domains/{domain}/users/{user}/music/tracks/{track}/audio"
        self.sound((await self.ask("GET", path, user=user, track=track)).body, f"music-{track}.wav")


class Standard(AudioAnswer):
    """`…/music/standard/<number>/audio`."""

    right = "catalogue.read"

    async def show(self, track: str, **_: str) -> None:
        self.sound((await self.ask("GET", "/music/standard/{track}/audio", track=track)).body, f"standard-{track}.wav")
