"""Intercom, calling back, and what a person switches by dialling, on the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.call_office import CallOffice, call_office
from tests.clients.scenes import DOMAIN

pytestmark = pytest.mark.client


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("switches"))


def test_an_intercom_call_asks_the_phone_to_answer_by_itself(office: CallOffice) -> None:
    with office.phones("101", "108", tones=False) as (ada, radia):
        out = ada.call("*80108")
        into = radia.rung()
        assert "answer-after=0" in str(into.invite.headers.first("call-info"))
        assert "alert-autoanswer" in str(into.invite.headers.first("alert-info"))
        into.accept()
        out.answered()
        ada.call("*80108").refused(486)  # who talks is not spoken into
        out.bye()


def test_the_last_caller_is_called_back(office: CallOffice) -> None:
    with office.phones("101", "108", tones=False) as (ada, radia):
        missed = ada.call("108")
        radia.rung().reply(180)
        missed.response(180)
        missed.cancel()
        missed.refused(487)
        back = radia.call("*69")
        ada.rung(missed).accept()
        back.answered()
        back.bye()


def test_do_not_disturb_by_code(office: CallOffice) -> None:
    with office.hurried(), office.phones("101", "108", tones=False) as (ada, radia):
        for code, status in (("*78", 486), ("*79", 0)):
            dialled = radia.call(code)
            dialled.answered()
            dialled.hung_up()
            office.call(office.services.companies.of(DOMAIN))
            out = ada.call("108")
            if status:
                out.refused(status)
                assert not radia.has("INVITE")
            else:
                radia.rung().accept()
                out.answered()
                out.bye()


def test_a_forward_by_code(office: CallOffice) -> None:
    with office.hurried(), office.phones("101", "108", "107", tones=False) as (ada, radia, donald):
        for code, to in (("*72107", donald), ("*73", radia)):
            dialled = radia.call(code)
            dialled.answered()
            dialled.hung_up()
            office.call(office.services.companies.of(DOMAIN))
            out = ada.call("108")
            to.rung().accept()
            out.answered()
            out.bye()
