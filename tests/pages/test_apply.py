"""A template for two hundred phones: looked at beforehand, applied, followed, taken back."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from provd.store import domains, layers
from tests.pages.many_phones import DOMAIN, MACS, MODEL, OTHER_MODEL, UNREACHABLE, Office, standing
from tests.pages.visitor import Seen, Visitor

START = "/c/acme.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with standing(tmp_path_factory.mktemp("many")) as running:
        yield running


@pytest.fixture(scope="module")
def ada(office: Office) -> Visitor:
    return Visitor(office.server).sign_in("101")


def counted(seen: Seen) -> dict[str, int]:
    """The numbers of the tabs above the phones."""
    found = re.findall(r"\b(All|Queued|Saved|Notified|Fetched|Applied|Failed|Unaffected|Stopped) ([0-9]+)\b", seen.text)
    return {name: int(count) for name, count in found}


def park(office: Office, template: int) -> None:
    """Put a park key on the template."""
    company = office.server.store(domains.by_name, DOMAIN).id
    keys = {"9": {"kind": "park", "target": "709", "label": "Park 709"}}
    office.server.store(layers.save, company, "template", template, int(time.time()), who="Ada", values={}, keys=keys)


def test_two_hundred_phones_get_a_template_and_give_it_back(office: Office, ada: Visitor) -> None:
    made = ada.post(f"{START}/templates/new", {"name": "Floor 9", "model": MODEL})
    template = made.location.removesuffix("/keys")
    park(office, int(template.rsplit("/", 1)[1]))

    chosen = {"macs": list(MACS), "pasted": f"{UNREACHABLE}\n80:5E:C0:00:01:01, {OTHER_MODEL}"}
    seen = ada.post(f"{template}/apply", chosen | {"do": "preview"})
    assert seen.status == 200 and "Of 201 phones, 200 would change and 1 cannot take it." in seen.text
    assert "Three phones first" in seen.text
    cannot = ada.post(f"{template}/apply", chosen | {"do": "preview", "outcome": "cannot"})
    assert "80:5e:c0:00:01:01" in cannot.text and "choose another template" in cannot.text
    assert MACS[0] not in cannot.html.partition("<table")[2].partition("</table>")[0]

    begun = ada.post(f"{template}/apply", chosen | {"do": "apply", "when": "now", "canary_asked": "1", "canary": "1"})
    assert begun.status == 303 and "/jobs/" in begun.location
    job = begun.location

    def applied(number: int) -> Any:
        return counted(ada.get(job)).get("Applied") == number and ada.get(job)

    page = office.until(lambda: applied(199))
    assert counted(page) == {"All": 201, "Applied": 199, "Saved": 1, "Failed": 1}
    assert "the first 3 phones" in page.text and "199 of 201 phones have it; 1 saved, 1 failed." in page.text
    lost = ada.get(f"{job}?state=written")
    assert "24:9a:d8:00:09:ff" in lost.text and "not registered" in lost.text
    wrong = ada.get(f"{job}?state=failed")
    assert "80:5e:c0:00:01:01" in wrong.text and "another template" in wrong.text
    assert "used by 200 phones" in ada.get(template).text

    back = ada.post(job, {"do": "rollback"})
    assert back.status == 303 and back.location != job
    office.until(lambda: counted(ada.get(back.location)).get("Applied") == 199)
    assert "used by 0 phones" in ada.get(template).text
    assert "Taken back by job" in ada.get(job).text and 'value="rollback"' not in ada.get(job).html


def test_phones_of_several_models_are_asked_which_template(ada: Visitor) -> None:
    seen = ada.post(f"{START}/apply", {"macs": [MACS[0], OTHER_MODEL]})
    assert seen.status == 200 and "Reception" in seen.text and "Everybody T54W" in seen.text
    number = re.search(r'value="(\d+)"[^>]*><span[^>]*><bdi>Reception', seen.html)
    assert number is not None
    dry = ada.post(f"{START}/apply", {"macs": f"{MACS[0]} {OTHER_MODEL}", "template": number[1]})
    assert "1 cannot take it" in dry.text and "80:5e:c0:00:01:01" in dry.text
    assert ada.post(f"{START}/apply", {}).status == 422


def test_nothing_typed_is_lost_when_a_mac_is_none(ada: Visitor) -> None:
    seen = ada.post(f"{START}/templates/1/apply", {"pasted": "805ec0000101\nnonsense", "do": "preview"})
    assert seen.status == 422 and "nonsense" in seen.html and "is not" in seen.text
    assert ada.post(f"{START}/templates/1/apply", {"do": "preview"}).status == 422


def test_the_list_is_filtered_as_one_types(ada: Visitor) -> None:
    template = "/templates/2/apply"
    seen = ada.get(f"{START}{template}?search=2007", HX_Request="true")
    assert "Desk 2007" in seen.text and "Desk 2008" not in seen.text and "<html" not in seen.html


def test_a_site_manager_applies_and_sees_only_own_jobs(office: Office, ada: Visitor) -> None:
    site = Visitor(office.server).sign_in("106")
    assert site.get(f"{START}/jobs").status == 200 and "Floor 9" not in site.get(f"{START}/jobs").text
    assert "Floor 9" in ada.get(f"{START}/jobs").text
    assert (
        site.get(f"{START}/templates/1").status == 200
        and site.post(f"{START}/templates/1", {"do": "delete"}).status == 403
    )
    person = Visitor(office.server).sign_in("107")
    assert person.get(f"{START}/jobs").status == 403 and person.get(f"{START}/templates").status == 403
    home = person.get(f"{START}/").html
    assert f"{START}/jobs" not in home and f"{START}/templates" not in home
