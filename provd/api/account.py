"""The caller's own second factor, and that of a person whom a manager helps out."""

from __future__ import annotations

import io
from typing import Any

import segno

from provd import totp
from provd.api.call import Call
from provd.api.endpoint import Group
from provd.api.schema import define, listing, moment, nullable, number, obj, switch, text
from provd.api.scope import OWN, PROVIDER, Who, may_give, outranks, reach
from provd.errors import Conflict, Forbidden
from provd.store import domains, second_factors, users
from provd.store.database import Store
from provd.store.rows import User

group = Group(
    "account",
    "One-time codes of an authenticator app at the sign-in (RFC 6238; SF-007). The provider switches them on for a "
    "company (`second_factor`). API keys are not asked for codes.",
)

FACTOR = define(
    "SecondFactor",
    obj(
        {
            "allowed": switch("Switched on for the company"), "in_use": switch("Asked at the sign-in"),
            "since": nullable(moment("When its first code was given")), "recovery_codes_left": number(),
        }
    ),
)  # fmt: skip
BEGUN = define(
    "BegunSecondFactor",
    obj(
        {
            "secret": text("To type into an app that reads no QR code; shown only now"),
            "uri": text("What the QR code says", 1000), "qr_svg": text("The QR code as a picture", 40_000),
        }
    ),
)  # fmt: skip
CODES = define(
    "RecoveryCodes",
    obj({"recovery_codes": listing(text(), "Each opens once in place of the app; shown only now", 20)}),
)
CODE = obj({"code": text("Six digits of the app, or a recovery code", 40)})


def qr_svg(said: str) -> str:
    """A QR code as an SVG picture, black on white whatever the page's colours: many apps read no other."""
    made = io.BytesIO()
    segno.make(said, error="m").save(made, kind="svg", xmldecl=False, scale=5, dark="#000", light="#fff", border=4)
    return made.getvalue().decode()


def shown(store: Store, user: User) -> dict[str, Any]:
    """A second factor as answers show it."""
    found = second_factors.status(store, user.id)
    since = found.confirmed if found else None
    return {
        "allowed": second_factors.allowed(store, user), "in_use": second_factors.needed(store, user), "since": since,
        "recovery_codes_left": found.codes_left if found and since is not None else 0,
    }  # fmt: skip


def _self(store: Store, who: Who) -> User:
    user = users.by_id(store, who.user_id) if who.user_id is not None else None
    if user is None:
        raise Conflict("This key stands for nobody; sign in, or use the key of a person.")
    return user


def _note(store: Store, call: Call, user: User, action: str) -> None:
    call.audit(store, action, "second factor", user.login_name)


@group.get("/me/second-factor", "self.read", FACTOR)
def get_own(store: Store, call: Call) -> Any:
    """Get whether the caller's sign-in asks one-time codes"""
    return shown(store, _self(store, call.who))


@group.post("/me/second-factor", "self.write", BEGUN)
def begin_own(store: Store, call: Call) -> Any:
    """Begin with one-time codes

    Scan the QR code with an authenticator app, then confirm with its first code: nothing is asked before that."""
    user = _self(store, call.who)
    secret = second_factors.begin(store, user, call.now)
    issuer = "Phone system"
    if user.domain_id is not None:
        company = domains.get(store, user.domain_id)
        issuer = company.description or company.name
    address = totp.uri(secret, user.login_name, issuer)
    _note(store, call, user, "begin")
    return {"secret": totp.spelled(secret), "uri": address, "qr_svg": qr_svg(address)}


@group.post("/me/second-factor/confirm", "self.write", CODES, body=CODE, status=200)
async def confirm_own(call: Call) -> Any:
    """Confirm with the first code

    From now on the sign-in asks a code. Keep the recovery codes for the day that the phone with the app is lost."""
    return await call.services.store.run(_confirm, call)


def _confirm(store: Store, call: Call) -> Any:
    user = _self(store, call.who)
    codes = second_factors.confirm(store, user.id, call.body["code"], call.now)
    with store.transaction():
        _note(store, call, user, "confirm")
    return {"recovery_codes": codes}


@group.post("/me/second-factor/recovery-codes", "self.write", CODES, body=CODE, status=200)
async def renew_own(call: Call) -> Any:
    """Make new recovery codes

    With a code of the app; the old ones open nothing any more."""
    return await call.services.store.run(_renew, call)


def _renew(store: Store, call: Call) -> Any:
    user = _checked(store, call)
    with store.transaction():
        _note(store, call, user, "renew")
        return {"recovery_codes": second_factors.renew_codes(store, user.id)}


@group.post("/me/second-factor/disable", "self.write", FACTOR, body=CODE, status=200)
async def disable_own(call: Call) -> Any:
    """Switch one-time codes off

    With a code of the app, or a recovery code."""
    return await call.services.store.run(_disable, call)


def _disable(store: Store, call: Call) -> Any:
    user = _checked(store, call)
    with store.transaction():
        second_factors.remove(store, user.id)
        _note(store, call, user, "remove")
    return shown(store, user)


def _checked(store: Store, call: Call) -> User:
    """The caller, once their code was right. Not in a transaction of the caller's: wrong codes are counted."""
    user = _self(store, call.who)
    if not second_factors.check(store, user.id, call.body["code"], call.now):
        raise second_factors.wrong_code()
    return user


@group.get("/domains/{domain}/users/{user}/second-factor", "users.read", FACTOR)
def get_of_user(store: Store, call: Call) -> Any:
    """Get whether a person's sign-in asks one-time codes"""
    return shown(store, call.the_user)


@group.delete("/domains/{domain}/users/{user}/second-factor", "users.write", answer=FACTOR, status=200)
def remove_of_user(store: Store, call: Call) -> Any:
    """Take a person's second factor away

    For a manager to help who lost their phone and their recovery codes. People switch their own off with a code."""
    user, who = call.the_user, call.who
    if user.id == who.user_id or reach(who, "users.write") == OWN:
        raise Forbidden("Your own is switched off with a code: POST /api/v2/me/second-factor/disable.")
    if not outranks(who, user.scope) or (who.scope not in PROVIDER and not may_give(who, user.scope)):
        raise Forbidden(f"A {who.scope} may not take the second factor of a user with the scope {user.scope}.")
    if second_factors.remove(store, user.id):
        _note(store, call, user, "remove")
    return shown(store, user)
