"""Sites and departments of a company."""

from __future__ import annotations

from typing import Any

from provd.api.call import Call, cut, old_and_new, plain
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.schema import MOST_ROWS, choice, define, number, obj, page, table, text
from provd.errors import Invalid, Problem
from provd.phone.parameter import PARAMETERS, check_value
from provd.store import departments, rules, sites
from provd.store.database import Store
from provd.store.rows import Department, Site

group = Group("places", "Sites and departments.")

USER_DEFAULTS = obj(
    {
        "time_zone": text("IANA name", 64), "area_code": text(longest=40), "caller_id_name": text(),
        "caller_id_number": text(longest=40), "emergency_caller_id": text(longest=40),
        "record_calls": choice(rules.RECORD_CALLS),
    },
    required=(), about="What a user gets who is overwritten with the site's defaults",
)  # fmt: skip
ID = number("Id", 1, MOST_ROWS)
NAME = text("Name", 200)
DEFAULTS = table({}, "Settings that phones of this site have unless a layer says otherwise", 100)
FIELDS = {"name": NAME, "defaults": DEFAULTS, "user_defaults": USER_DEFAULTS}
SITE = define("Site", obj({"id": ID, **FIELDS}))
DEPARTMENT = define("Department", obj({"id": ID, "name": NAME}))
NEW_SITE = obj(FIELDS, required=("name",))


def _site(site: Site) -> dict[str, Any]:
    return {
        **plain(site, "domain_id", "revision"),
        "defaults": dict(site.defaults),
        "user_defaults": dict(site.user_defaults),
    }


def _department(department: Department) -> dict[str, Any]:
    return plain(department, "domain_id")


def _check_defaults(body: dict[str, Any]) -> None:
    found = [check_value(name, value)[1] for name, value in body.get("defaults", {}).items()]
    problems = [Problem(f"defaults.{problem.field}", problem.text) for problem in found if problem]
    for name in body.get("defaults", {}):
        if name in PARAMETERS and PARAMETERS[name].secret:
            text = f"{PARAMETERS[name].title} is a secret; set it in the site's layer, which is sealed."
            problems.append(Problem(f"defaults.{name}", text))
    if problems:
        raise Invalid(problems)


@group.get("/domains/{domain}/sites", "places.read", page(SITE), query={**PAGING, **SEARCH})
def list_sites(store: Store, call: Call) -> Any:
    """List sites"""
    found = cut(sites.find(store, call.domain_id), call.query, lambda site: site.name)
    return {**found, "items": [_site(site) for site in found["items"]]}


@group.post("/domains/{domain}/sites", "places.write", SITE, body=NEW_SITE)
def create_site(store: Store, call: Call) -> Any:
    """Create a site"""
    _check_defaults(call.body)
    body = call.body
    made = sites.create(store, call.domain_id, body["name"], call.now, body.get("defaults"), body.get("user_defaults"))
    call.audit(store, "create", "site", made.name)
    call.location = f"/api/v2/domains/{call.path['domain']}/sites/{made.id}"
    return _site(made)


@group.get("/domains/{domain}/sites/{site}", "places.read", SITE)
def get_site(store: Store, call: Call) -> Any:
    """Get a site"""
    assert call.site is not None
    return _site(call.site)


@group.patch(
    "/domains/{domain}/sites/{site}", "places.write", SITE,
    body=obj(FIELDS, required=()) | {"minProperties": 1},
)  # fmt: skip
def patch_site(store: Store, call: Call) -> Any:
    """Change a site"""
    assert call.site is not None
    _check_defaults(call.body)
    after = sites.update(store, call.domain_id, call.site.id, call.now, **call.body)
    call.audit(store, "update", "site", after.name, old_and_new(call.site, after, call.body))
    return _site(after)


@group.delete("/domains/{domain}/sites/{site}", "places.write")
def delete_site(store: Store, call: Call) -> None:
    """Delete a site

    Its users and phones stay, without a site."""
    assert call.site is not None
    sites.delete(store, call.domain_id, call.site.id, call.now)
    call.audit(store, "delete", "site", call.site.name)


@group.get("/domains/{domain}/departments", "places.read", page(DEPARTMENT), query={**PAGING, **SEARCH})
def list_departments(store: Store, call: Call) -> Any:
    """List departments"""
    found = cut(departments.find(store, call.domain_id), call.query, lambda department: department.name)
    return {**found, "items": [_department(department) for department in found["items"]]}


@group.post("/domains/{domain}/departments", "places.write", DEPARTMENT, body=obj({"name": NAME}))
def create_department(store: Store, call: Call) -> Any:
    """Create a department"""
    made = departments.create(store, call.domain_id, call.body["name"])
    call.audit(store, "create", "department", made.name)
    call.location = f"/api/v2/domains/{call.path['domain']}/departments/{made.id}"
    return _department(made)


@group.get("/domains/{domain}/departments/{department}", "places.read", DEPARTMENT)
def get_department(store: Store, call: Call) -> Any:
    """Get a department"""
    return _department(departments.get(store, call.domain_id, call.id("department")))


@group.patch("/domains/{domain}/departments/{department}", "places.write", DEPARTMENT, body=obj({"name": NAME}))
def patch_department(store: Store, call: Call) -> Any:
    """Rename a department

    Cascades that show it by its old name have to be set again."""
    before = departments.get(store, call.domain_id, call.id("department"))
    after = departments.rename(store, call.domain_id, before.id, call.body["name"], call.now)
    call.audit(store, "update", "department", before.name, old_and_new(before, after, ("name",)))
    return _department(after)


@group.delete("/domains/{domain}/departments/{department}", "places.write")
def delete_department(store: Store, call: Call) -> None:
    """Delete a department

    Its users stay, without a department."""
    before = departments.get(store, call.domain_id, call.id("department"))
    departments.delete(store, call.domain_id, before.id, call.now)
    call.audit(store, "delete", "department", before.name)
