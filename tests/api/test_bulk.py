"""Many users at once, all or nothing; and one who becomes another person."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from provd import seal
from provd.api import user_changes
from provd.api import users as user_endpoints
from provd.store import devices, domains, sessions, users
from provd.store.rows import User
from tests.api.conftest import NOW, YEALINK, Api

ACME = "/domains/acme.example"
USERS = f"{ACME}/users"


def user(api: Api, extension: str) -> User:
    store = api.services.store
    return users.by_extension(store, domains.by_name(store, "acme.example").id, extension)


async def mails(api: Api) -> dict[str, str]:
    """Plain texts by recipient."""
    await api.services.outbox.send_due()
    found: dict[str, str] = {}
    for path in Path(api.services.settings.data_dir / "outbox").glob("*.eml"):
        said: Any = message_from_bytes(path.read_bytes(), policy=default)
        found[str(said["To"])] = said.get_body(("plain",)).get_content()
    return found


@pytest.mark.gen_test(timeout=30)
async def test_welcome_mails_lead_to_a_password_and_a_pin(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    users.update(store, user(api, "103").domain_id or 0, user(api, "103").id, NOW, emails=[])
    answer = await api(key, "POST", f"{USERS}/welcome", {"users": ["107", "103", "107"]})
    assert answer.body == {"sent": 1, "skipped": [{"user": "103", "reason": "no mail address"}]}
    text = (await mails(api))["donald@acme.example"]
    assert "107@acme.example" in text and "extension is 107" in text
    found = re.search(r"https://pbx\.test:8443/welcome/(\S+)", text)
    assert found
    page = await api.client.fetch(f"{api.base}/welcome/{found[1]}")
    assert b"PIN" in page.body and page.headers["Content-Type"].startswith("text/html")
    accounts = api.services.accounts
    link = await accounts.link(found[1])
    assert link and link.purpose == "setup"
    await accounts.reset(found[1], "literate programming", "192.0.2.1", voicemail_pin="2718")
    donald = user(api, "107")
    assert seal.verify_password(users.password_hash(store, donald.id), "literate programming")
    assert users.voicemail_pin_is(store, donald.domain_id or 0, donald.id, "2718")


@pytest.mark.gen_test(timeout=30)
async def test_a_link_is_worth_nothing_once_the_address_is_another(api: Api) -> None:
    key, accounts = api.key("office_manager"), api.services.accounts
    await api(key, "POST", f"{USERS}/welcome", {"users": ["107"]})
    found = re.search(r"/welcome/(\S+)", (await mails(api))["donald@acme.example"])
    assert found and await accounts.link(found[1])
    await api(key, "PATCH", f"{USERS}/107", {"emails": ["knuth@acme.example"]})
    assert await accounts.link(found[1]) is None


@pytest.mark.gen_test(timeout=30)
async def test_a_forced_reset_clears_the_password_and_ends_sessions(api: Api) -> None:
    key, store, donald = api.key("office_manager"), api.services.store, user(api, "107")
    cookie = sessions.create(store, donald.id, 2_000_000_000, address="x", agent="x")
    answer = await api(key, "POST", f"{USERS}/password-reset", {"users": ["107", "108"], "mail": True})
    assert answer.body == {"cleared": 2, "sent": 2, "skipped": []}
    assert users.password_hash(store, donald.id) == "" and sessions.find(store, cookie, 2_000_000_000) is None
    assert "Your office manager has cleared" in (await mails(api))["donald@acme.example"]
    quiet = await api(key, "POST", f"{USERS}/password-reset", {"users": ["109"]})
    assert quiet.body == {"cleared": 1, "sent": 0, "skipped": []} and "tim@acme.example" not in await mails(api)
    trail = (await api(key, "GET", "/audits?noun=password&action=clear")).body["items"]
    assert [row["ref"] for row in trail] == ["109@acme.example", "108@acme.example", "107@acme.example"]


@pytest.mark.gen_test(timeout=30)
async def test_nobody_reaches_further_with_many_than_with_one(api: Api) -> None:
    katherine, office = api.key("site_manager", user="106"), api.key("office_manager")
    store, before = api.services.store, users.password_hash(api.services.store, user(api, "109").id)
    for path, more in (("welcome", {}), ("password-reset", {}), ("delete", {}), ("bulk", {"set": {"area_code": "1"}})):
        refused = await api(katherine, "POST", f"{USERS}/{path}", {"users": ["109", "107"], **more})
        assert refused.status == 403 and "107" in refused.body["detail"], path
        unknown = await api(katherine, "POST", f"{USERS}/{path}", {"users": ["109", "999"], **more})
        assert unknown.status == 422 and unknown.body["errors"][0]["field"] == "users.999", path
        for scope, person in (("basic_user", "107"), ("call_center_agent", "103")):
            assert (
                await api(api.key(scope, user=person), "POST", f"{USERS}/{path}", {"users": ["108"], **more})
            ).status == 403
    assert users.password_hash(store, user(api, "109").id) == before and await mails(api) == {}
    assert (await api(office, "POST", f"{USERS}/password-reset", {"users": ["107", "101"]})).status == 403
    assert (
        await api(katherine, "POST", f"{USERS}/bulk", {"users": ["109"], "set": {"scope": "site_manager"}})
    ).status == 403
    assert (await api(katherine, "POST", f"{USERS}/bulk", {"users": ["109"], "set": {"area_code": "1"}})).status == 200


@pytest.mark.gen_test(timeout=30)
async def test_a_bulk_edit_is_saved_for_all_or_for_none(api: Api) -> None:
    key = api.key("office_manager")
    body = {
        "users": ["107", "108", "109"],
        "set": {"record_calls": "yes_with_transcription", "time_zone": "Asia/Tokyo"},
    }
    assert (await api(key, "POST", f"{USERS}/bulk", body)).body == {"changed": 3, "unchanged": 0}
    assert (await api(key, "POST", f"{USERS}/bulk", body)).body == {"changed": 0, "unchanged": 3}
    assert user(api, "108").time_zone == "Asia/Tokyo"
    wrong = await api(key, "POST", f"{USERS}/bulk", body | {"set": {"area_code": "303", "time_zone": "Mars/Base"}})
    assert wrong.status == 422
    assert [one["field"] for one in wrong.body["errors"]] == [f"users.{n}.time_zone" for n in (107, 108, 109)]
    users.update(api.services.store, user(api, "107").domain_id or 0, user(api, "107").id, NOW, site_id=None)
    none = await api(
        key, "POST", f"{USERS}/bulk", {"users": ["109", "107"], "set": {"overwrite_with_site_defaults": True}}
    )
    assert none.status == 422 and none.body["errors"][0]["field"].startswith("users.107.")
    assert user(api, "109").area_code == ""


@pytest.mark.gen_test(timeout=30)
async def test_a_site_gives_its_defaults_where_they_are_asked_for(api: Api) -> None:
    key = api.key("office_manager")
    given = {"time_zone": "America/Denver", "area_code": "303", "caller_id_number": "+13035550100"}
    assert (await api(key, "PATCH", f"{ACME}/sites/2", {"user_defaults": given})).status == 200
    assert (await api(key, "PATCH", f"{ACME}/sites/2", {"user_defaults": {"time_zone": "Mars/Base"}})).status == 422
    assert (await api(key, "PATCH", f"{ACME}/sites/2", {"user_defaults": {"password": "x"}})).status == 422
    moved = await api(key, "PATCH", f"{USERS}/107", {"site_id": 2})
    assert moved.body["user"]["area_code"] == ""
    over = {"overwrite_with_site_defaults": True, "area_code": "720"}
    assert (await api(api.key("basic_user", user="107"), "PATCH", f"{USERS}/~", over)).status == 403
    taken = (await api(key, "PATCH", f"{USERS}/107", over)).body["user"]
    assert (taken["time_zone"], taken["caller_id_number"], taken["area_code"]) == (
        "America/Denver",
        "+13035550100",
        "720",
    )


@pytest.mark.gen_test(timeout=30)
async def test_a_bulk_deletion_tells_beforehand_what_goes_along(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    assert (await api(key, "PUT", f"/phones/{YEALINK}/keys/8", {"kind": "blf", "target": "109"})).status == 200
    path, body = f"{USERS}/delete", {"users": ["109", "102"], "preview": True}
    told = await api(key, "POST", path, body)
    assert told.body["deleted"] == 0 and users.by_login(store, "109@acme.example")
    tim, grace = [one["along"] for one in told.body["users"]]
    assert tim["keys"] == [{"kind": "phone", "ref": YEALINK, "positions": ["8"]}] and tim["phones"] == ["0c383e000109"]
    assert ("template", "Reception") in [(one["kind"], one["ref"]) for one in grace["keys"]]
    assert (await api(key, "GET", f"{USERS}/109/dependents")).body == tim
    gone = await api(key, "POST", path, body | {"preview": False})
    assert gone.body["deleted"] == 2 and gone.body["users"] == told.body["users"]
    assert users.by_login(store, "109@acme.example") is None
    events = (await api(key, "GET", "/phones/0c383e000109/events?kind=config_changed")).body["items"]
    assert "user 109 deleted" in events[0]["reason"]


@pytest.mark.gen_test(timeout=30)
async def test_the_provider_may_hide_delete(api: Api) -> None:
    office, provider = api.key("office_manager"), api.key("super_user", None)
    assert (await api(office, "PATCH", ACME, {"hide_delete": True})).status == 403
    assert (await api(provider, "PATCH", ACME, {"hide_delete": True})).body["hide_delete"] is True
    assert (await api(office, "DELETE", f"{USERS}/107")).status == 403
    refused = await api(office, "POST", f"{USERS}/delete", {"users": ["107"]})
    assert refused.status == 403 and "provider" in refused.body["detail"]
    assert (await api(provider, "DELETE", f"{USERS}/107")).status == 200


@pytest.mark.gen_test(timeout=30)
async def test_a_recycled_user_is_somebody_new_on_the_same_phone(api: Api) -> None:
    key, store, donald = api.key("office_manager"), api.services.store, user(api, "107")
    own, acme = api.key("basic_user", user="107"), donald.domain_id or 0
    users.update(store, acme, donald.id, NOW, login_name="don@acme.example", caller_id_name="Don", site_id=1)
    users.set_voicemail_pin(store, acme, donald.id, "2718")
    device = devices.by_name(store, acme, "107")
    old = devices.password(store, acme, device.id)
    path, body = (
        f"{USERS}/107/recycle",
        {"first_name": "Margaret", "last_name": "Hamilton", "emails": ["m@acme.example"]},
    )
    assert (await api(key, "POST", path, body | {"confirm": "108"})).status == 422
    assert (await api(api.key("site_manager", user="106"), "POST", path, body | {"confirm": "107"})).status == 403
    answer = await api(key, "POST", path, body | {"confirm": "107", "welcome": True})
    assert answer.status == 200
    assert answer.body | {"user": None} == {
        "user": None, "mail": "sent", "reason": "", "devices": ["107"], "phones": ["000b82000107"],
    }  # fmt: skip
    margaret = user(api, "107")
    assert (margaret.id, margaret.name, margaret.login_name) == (donald.id, "Margaret Hamilton", "107@acme.example")
    assert (margaret.caller_id_name, margaret.scope, margaret.site_id) == ("", "basic_user", 1)
    assert users.password_hash(store, donald.id) == "" and not users.voicemail_pin_is(store, acme, donald.id, "2718")
    assert devices.password(store, acme, device.id) != old and (await api(own, "GET", "/me")).status == 401
    assert "Hello Margaret Hamilton" in (await mails(api))["m@acme.example"]
    assert (await api(key, "POST", f"{USERS}/101/recycle", body | {"confirm": "101"})).status == 403, "an equal"


@pytest.mark.gen_test(timeout=30)
async def test_a_change_that_phones_show_is_on_their_trail(api: Api) -> None:
    key = api.key("office_manager")
    assert (await api(key, "PATCH", f"{USERS}/107", {"record_calls": "yes"})).status == 200
    assert (await api(key, "GET", "/phones/000b82000107/events?kind=config_changed")).body["items"] == []
    assert (await api(key, "PATCH", f"{USERS}/107", {"first_name": "Don", "extension": "177"})).status == 200
    (event,) = (await api(key, "GET", "/phones/000b82000107/events?kind=config_changed")).body["items"]
    assert "extension, first_name of user 177 changed" in event["reason"]


def test_every_field_that_managers_set_is_guarded() -> None:
    assert set(user_endpoints.PLACED) | {"extension", "overwrite_with_site_defaults"} == user_changes.PLACED
