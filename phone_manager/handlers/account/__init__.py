"""Signing in, forgotten names and passwords, one's own account."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.account import forgotten, own, second_step, set_up, sign_in

ROUTES: list[tuple[str, Any]] = [
    (r"/", sign_in.Root),
    (r"/sign-in", sign_in.SignIn),
    (r"/sign-in/code", second_step.SecondStep),
    (r"/sign-out", sign_in.SignOut),
    (r"/forgotten/login", forgotten.ForgottenLogin),
    (r"/forgotten/password", forgotten.ForgottenPassword),
    (r"/(?:reset|welcome)/(?P<token>[\w-]{1,100})", set_up.SetUp),
    (r"/me", own.Me),
    (r"/me/password", own.Password),
    (r"/me/pin", own.Pin),
    (r"/me/browsers", own.Browsers),
    (r"/me/second-factor", own.SecondFactor),
    (r"/me/view", sign_in.View),
    (r"/theme", sign_in.Theme),
]
