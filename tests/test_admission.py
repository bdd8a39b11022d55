"""Who may have a phone's secrets."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provd.admission import BLANK, FULL, REFUSED, Evidence, Policy, admit, check_policy, in_networks, read_policy

NOW = 1_800_000_000.0
STRANGER = Evidence("203.0.113.9")


def test_a_mac_alone_gets_blanks() -> None:
    assert admit(STRANGER, Policy(), NOW).outcome == BLANK


def test_a_company_can_refuse_to_answer_without_proof() -> None:
    assert admit(STRANGER, Policy(unproven="refuse"), NOW).outcome == REFUSED


def test_each_proof_opens() -> None:
    inside = Policy(networks=("203.0.113.0/24",))
    assert admit(replace(STRANGER, token="phone"), Policy(), NOW).outcome == FULL
    assert admit(replace(STRANGER, token="company"), Policy(), NOW).outcome == FULL
    assert admit(replace(STRANGER, certificate=True), Policy(), NOW).outcome == FULL
    assert admit(replace(STRANGER, credentials="right"), Policy(), NOW).outcome == FULL
    assert admit(STRANGER, inside, NOW).outcome == FULL
    assert admit(STRANGER, Policy(open_until=int(NOW) + 60), NOW).outcome == FULL


def test_the_bootstrap_window_closes_by_itself() -> None:
    assert admit(STRANGER, Policy(open_until=int(NOW)), NOW).outcome == BLANK


def test_in_two_stages_the_companys_token_ends_with_the_first_use_of_the_phones_own() -> None:
    first = Policy(company_token="first")
    fresh = replace(STRANGER, token="company")
    assert admit(fresh, first, NOW).outcome == FULL
    assert admit(replace(fresh, own_token_used=True), first, NOW).outcome == BLANK


def test_something_false_is_worse_than_nothing() -> None:
    for false in ({"token": "wrong"}, {"credentials": "wrong"}, {"forged": True}):
        verdict = admit(replace(STRANGER, **false), Policy(networks=("203.0.113.9/32",)), NOW)  # type: ignore[arg-type]
        assert verdict.outcome == REFUSED
        assert verdict.reason.endswith(".")


def test_networks_of_both_kinds() -> None:
    assert in_networks("10.20.3.4", ("10.20.0.0/16",))
    assert in_networks("::ffff:10.20.3.4", ("10.20.0.0/16",))
    assert in_networks("2001:db8::7%eth0", ("192.0.2.0/24", "2001:db8::/32"))
    assert not in_networks("10.21.3.4", ("10.20.0.0/16",))
    assert not in_networks("nonsense", ("10.20.0.0/16",))


def test_a_policy_is_checked_before_it_is_kept() -> None:
    assert check_policy({"networks": ["10.0.0.0/8"], "unproven": "refuse", "company_token": "first"}) == []
    problems = check_policy(
        {"networks": ["10.0.0.0/99", "moon"], "unproven": "maybe", "company_token": 3, "open_until": "noon"}
    )
    assert [problem.field for problem in problems] == [
        "admission.networks",
        "admission.networks",
        "admission.unproven",
        "admission.company_token",
        "admission.open_until",
    ]
    assert [problem.field for problem in check_policy({"sip_allow": ["10.0.0.0/99"], "sip_deny": "10.0.0.0/8"})] == [
        "admission.sip_allow",
        "admission.sip_deny",
    ]
    assert check_policy({"sip_allow": ["10.0.0.0/8"]}) == []
    assert read_policy({}) == Policy()


evidence = st.builds(
    Evidence,
    address=st.sampled_from(["10.0.0.1", "x", "::1"]),
    token=st.sampled_from(["", "phone", "company", "wrong"]),
    certificate=st.booleans(),
    forged=st.booleans(),
    credentials=st.sampled_from(["", "right", "wrong"]),
    own_token_used=st.booleans(),
)
policies = st.builds(
    Policy,
    networks=st.sampled_from([(), ("10.0.0.0/8",)]),
    open_until=st.sampled_from([0, int(NOW) + 5]),
    unproven=st.sampled_from(["blank", "refuse"]),
    company_token=st.sampled_from(["always", "first"]),
)


@given(evidence, policies)
def test_nobody_gets_secrets_without_a_proof(brought: Evidence, policy: Policy) -> None:
    verdict = admit(brought, policy, NOW)
    proofs = brought.token in ("phone", "company") or brought.certificate or brought.credentials == "right"
    if verdict.outcome == FULL:
        assert proofs or policy.networks or policy.open_until
        assert not brought.forged
        assert "wrong" not in (brought.token, brought.credentials)
