"""Signing in, forgotten names and passwords, one's own account."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.account import sign_in

ROUTES: list[tuple[str, Any]] = [
    (r"/", sign_in.Root),
    (r"/sign-in", sign_in.SignIn),
    (r"/sign-out", sign_in.SignOut),
    (r"/me/view", sign_in.View),
    (r"/theme", sign_in.Theme),
]
