"""What happens once somebody has proved who they are: the session, its cookie, and on to where they wanted to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from phone_manager.base import COOKIE, Page
from provd.store import sessions
from provd.store.rows import User

CARRIED = "carried."
Left = Sequence[tuple[str, str]]


def carried(sent: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The fields of a form that was sent after its session had ended, as they are carried through signing in."""
    return [
        (name.removeprefix(CARRIED), one) for name, all_ in sent.items() if name.startswith(CARRIED) for one in all_
    ]


async def enter(page: Page, user: User, *, remember: bool, going: str, left: Left, notice: str = "") -> None:
    """Signs somebody in, with a session of its own for this browser, and tells `notice` where they go."""
    token = await _session(page, user, remember=remember, waits=False)
    keep_session(page, token, remember=remember)
    if left:
        page.page("pages/go_on.html", next=going, carried=left)
    else:
        page.go(going, notice)


async def wait_for_code(page: Page, user: User, *, remember: bool, going: str, left: Left) -> None:
    """The password was right; a one-time code is asked before anything opens."""
    keep_session(page, await _session(page, user, remember=False, waits=True), remember=False)
    if left:
        page.page("pages/account/second_step.html", next=going, remember=remember, carried=left)
    else:
        page.go("/sign-in/code?" + urlencode({"next": going, "remember": "1" if remember else ""}))


async def _session(page: Page, user: User, *, remember: bool, waits: bool) -> str:
    agent = page.request.headers.get("User-Agent", "")
    return await page.services.store.run(  # type: ignore[no-any-return]
        sessions.create, user.id, int(page.now), address=page.address, agent=agent, remember=remember, waits=waits
    )


def keep_session(page: Page, token: str, *, remember: bool) -> None:
    """Give the browser its cookie."""
    age = sessions.REMEMBERED if remember else None
    secure = page.request.protocol == "https"
    page.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, max_age=age)
