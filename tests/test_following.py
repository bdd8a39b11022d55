"""An item of a job follows its phone: by what the phone has taken, not by what it says."""

from __future__ import annotations

from dataclasses import replace

from provd.jobs.following import TEMPLATE_PART, Followed, Heard, follow, overdue, took
from provd.stages import FETCH_WITHIN, INSTALL_WITHIN, RETURN_WITHIN

ITEM = Followed(1, 7, "805ec0000101", "written", "It has it.", 4, 100.0, None, None, stamp="3.1.1.0.9")
SENT = Heard("resync_sent", 101.0, "It was told to fetch its configuration.")
DONE = Heard("resync_done", 110.0, "It fetched its configuration after 5 s and registered again.")


def after(item: Followed, *heard: Heard, restarting: bool = False, now: float = 120.0) -> Followed:
    return follow(item, heard, restarting=restarting, now=now)


def test_a_stamp_has_been_taken_when_its_part_is_as_new() -> None:
    assert took("4.1.1.0.9", 0, 4) and took("5.1.1.0.9", 0, 4) and took("1.1.1.0.9", TEMPLATE_PART, 9)
    for stamp in ("3.1.1.0.9", "", "x.1", "4"):
        assert not took(stamp, TEMPLATE_PART if stamp == "4" else 0, 4)
    assert not took("4.1", 0, 0), "an item that nothing was written for is never taken"


def test_told_fetched_and_applied() -> None:
    told = after(ITEM, SENT)
    assert (told.state, told.notified, told.text) == ("notified", 101.0, SENT.reason)
    assert after(told, Heard("fetched", 105.0, "")) == told, "it fetched some file, or the old configuration"
    applied = after(replace(told, stamp="4.1.1.0.9"), Heard("fetched", 105.0, ""))
    assert (applied.state, applied.fetched) == ("applied", 120.0)
    assert after(applied, DONE) is applied


def test_one_that_restarts_has_to_come_back() -> None:
    fetched = after(replace(ITEM, state="notified", stamp="4.1"), restarting=True)
    assert fetched.state == "fetched"
    assert after(fetched, DONE, restarting=True).state == "applied"
    gone = Heard("resync_stopped", 300.0, "It has not registered since; look at the phone.")
    assert after(fetched, gone, restarting=True).text == gone.reason


def test_a_resync_that_ends_is_told_with_its_sentence_and_an_older_one_is_not_heard() -> None:
    stopped = Heard("resync_stopped", 130.0, "Its firmware takes no NOTIFY; restart it by hand.")
    assert (after(ITEM, SENT, stopped).state, after(ITEM, SENT, stopped).text) == ("failed", stopped.reason)
    assert after(ITEM, replace(stopped, at=99.0)) == ITEM
    waits = Heard("resync_waiting", 101.0, "It is not registered; it is told as soon as it is.")
    assert (after(ITEM, waits).state, after(ITEM, waits).text) == ("written", waits.reason)


def test_a_phone_that_was_given_up_may_come_back() -> None:
    lost = replace(ITEM, state="failed", notified=101.0)
    assert after(lost, SENT).state == "failed"
    assert after(replace(lost, stamp="4.0")).state == "applied"


def test_a_rollout_counts_when_the_phone_runs_it() -> None:
    item = replace(ITEM, state="notified", stamp="4.1", firmware="1.0", firmware_wish="2.0")
    loads = after(item)
    assert (loads.state, loads.text) == ("fetched", "It has fetched its new configuration and is to load 2.0.")
    assert after(loads, DONE).state == "fetched"
    assert after(replace(loads, firmware="2.0")).text == "It runs 2.0 now."
    late = overdue(replace(loads, fetched=120.0), 121.0 + INSTALL_WITHIN, None)
    assert late.state == "failed" and "it still runs 1.0" in late.text


def test_what_takes_too_long_is_given_up_with_the_reason() -> None:
    told = replace(ITEM, state="notified", notified=101.0)
    assert overdue(told, 100.0 + FETCH_WITHIN, None) is told
    late = overdue(told, 102.0 + FETCH_WITHIN, None)
    assert late.state == "failed" and late.text.endswith("look whether it is on and can reach this server.")
    refused = overdue(replace(told, refused="192.0.2.9 is not in an allowed network."), 1_000.0, None)
    assert refused.text.endswith("within 7 minutes; 192.0.2.9 is not in an allowed network.")
    assert overdue(ITEM, 10_000.0, None) is ITEM, "an unregistered phone is the resync's own business"
    untold = overdue(replace(ITEM, text="It is not registered."), 1_001.0, 900.0)
    assert untold.text == "It could not be told within 15 minutes. It is not registered."
    fetched = replace(ITEM, state="fetched", fetched=120.0)
    assert overdue(fetched, 121.0 + RETURN_WITHIN, None).state == "applied", "it has it, whatever became of the resync"
