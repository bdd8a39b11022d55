"""What each row comes to, decided before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provd.catalogue import Catalogue
from provd.importing.models import ModelNames
from provd.importing.phone_rows import plan_phones
from provd.importing.plan import CompanyFacts, NewDevice, PhoneFact, Plan, WishedLine
from provd.importing.report import LineOutcome
from provd.importing.table import read_table

FACTS = CompanyFacts(
    domain_id=7,
    name="acme.example",
    stamp=3,
    users={"101": 1, "102": 2},
    devices={"101": 11, "102": 12},
    sites={"Dallas": 21, "Denver": 22},
    templates={"Desk": (31, "yealink-t46u"), "Lobby": (32, "poly-vvx450")},
    phones={
        "805ec0000001": PhoneFact(
            41, "yealink-t46u", 21, 31, "Front", ("EXP43",), (WishedLine(1, "101"), WishedLine(2, "102", True, "Both"))
        )
    },
    taken=frozenset({"805ec0000009"}),
)


def planned(shipped: Catalogue, text: str, facts: CompanyFacts = FACTS) -> tuple[Plan, list[LineOutcome]]:
    return plan_phones(read_table(text.encode()).rows, facts, shipped.models)


def test_a_new_phone_with_two_lines_and_a_device_that_is_yet_to_be_made(shipped: Catalogue) -> None:
    plan, outcomes = planned(
        shipped, "mac,model,ext,line 2,site,template,note\n80-5E-C0-00-00-02,Yealink T46U,102,101a,dallas,desk,=1+1\n"
    )
    (phone,) = plan.phones
    assert (phone.mac, phone.model, phone.phone_id) == ("805ec0000002", "yealink-t46u", None)
    assert (phone.site_id, phone.template_id, phone.description) == (21, 31, "=1+1")
    assert phone.lines == (WishedLine(1, "102"), WishedLine(2, "101a"))
    assert plan.devices == (NewDevice("101a", "101"),)
    assert outcomes[0].outcome == "created" and "Yealink T46U with 102, 101a" in outcomes[0].text


def test_what_a_row_does_not_say_stays_as_it_is(shipped: Catalogue) -> None:
    plan, outcomes = planned(shipped, "mac,site,ext\n805ec0000001,,101\n")
    assert plan.empty
    assert (outcomes[0].outcome, outcomes[0].text) == ("unchanged", "Nothing to change.")


def test_a_known_phone_changes_where_the_row_differs(shipped: Catalogue) -> None:
    plan, outcomes = planned(shipped, "mac,site,note,line 2\n805ec0000001,Denver,-,-\n")
    (phone,) = plan.phones
    assert (phone.phone_id, phone.site_id, phone.template_id, phone.description) == (41, 22, 31, "")
    assert phone.lines == (WishedLine(1, "101"),)
    assert phone.expansions == ("EXP43",)
    assert outcomes[0].text == "Changed: site, description, lines."


def test_several_devices_in_one_cell_are_the_lines_in_order(shipped: Catalogue) -> None:
    plan, _ = planned(shipped, 'mac,model,ext\n805ec0000003,t46u,"101, 102"\n')
    assert plan.phones[0].lines == (WishedLine(1, "101"), WishedLine(2, "102"))


def test_a_device_on_two_phones_is_allowed_and_told(shipped: Catalogue) -> None:
    _, outcomes = planned(shipped, "mac,model,ext\n805ec0000003,t46u,101\n")
    assert outcomes[0].outcome == "created"
    assert "The device 101 is on 805ec0000001 too" in outcomes[0].text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("mac,model\n,T46U", "no MAC"),
        ("mac,model\nhello,T46U", "is not a MAC"),
        ("mac,model\n1.5E+10,T46U", "made a number"),
        ("mac,model\n805ec0000003,", "names no model"),
        ("mac,model\n805ec0000003,T46X", "did you mean yealink-t46"),
        ("mac,model\n805ec0000009,T46U", "ask the provider"),
        ("mac,model,ext\n805ec0000003,T46U,900", "There is no user 900"),
        ("mac,model,ext\n805ec0000003,T46U,bob", "is no extension"),
        ("mac,model,domain\n805ec0000003,T46U,other.example", "for the company other.example"),
        ("mac,model,site\n805ec0000003,T46U,Paris", "there are Dallas, Denver"),
        ("mac,model,template\n805ec0000003,T46U,Lobby", "is for poly-vvx450"),
        ("mac,model\n805ec0000001,T54W", "is for yealink-t46u"),
        ("mac,model,line 3\n805ec0000003,T31P,101", "has 2 lines"),
        ("mac,model,ext,line 2\n805ec0000003,T46U,101 102,101a", "said twice"),
        ("mac,model,note\n805ec0000003,T46U," + "x" * 201, "at most 200"),
        ("mac,model,note\n805ec0000003,T46U," + "x" * 1001, "1001 characters"),
    ],
)
def test_a_wrong_row_has_a_sentence_that_says_what_to_mend(shipped: Catalogue, rows: str, words: str) -> None:
    plan, (outcome,) = planned(shipped, rows)
    assert outcome.outcome == "error"
    assert words in outcome.text and outcome.text.endswith((".", "?"))
    assert plan.phones == ()


def test_the_second_row_of_a_mac_is_wrong_and_names_the_first(shipped: Catalogue) -> None:
    _, outcomes = planned(shipped, "mac,model\n805ec0000003,T46U\n\n80:5e:c0:00:00:03,T46U\n")
    assert [outcome.outcome for outcome in outcomes] == ["created", "error"]
    assert (outcomes[1].line, "Line 2 has the phone" in outcomes[1].text) == (4, True)


def test_a_phone_whose_model_is_known_no_more_can_still_be_moved(shipped: Catalogue) -> None:
    old = replace(FACTS.phones["805ec0000001"], model="yealink-t20", template_id=None)
    plan, _ = planned(shipped, "mac,site\n805ec0000001,Denver\n", replace(FACTS, phones={"805ec0000001": old}))
    assert plan.phones[0].model == "yealink-t20"


@pytest.mark.parametrize(
    ("said", "model"),
    [
        ("yealink-t46u", "yealink-t46u"),
        ("T46U", "yealink-t46u"),
        ("SIP-T46U", "yealink-t46u"),
        ("Yealink T46U", "yealink-t46u"),
        ("vvx 450", "poly-vvx450"),
        ("Polycom VVX_450", "poly-vvx450"),
        ("CP-8851-3PCC", "cisco-cp-8851"),
        ("Grandstream GXP2170", "grandstream-gxp2170"),
    ],
)
def test_models_are_found_by_what_people_call_them(shipped: Catalogue, said: str, model: str) -> None:
    assert ModelNames(shipped.models).find(said).id == model
