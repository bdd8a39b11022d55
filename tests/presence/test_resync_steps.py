"""One phone's resync, step by step, with a clock of its own."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from provd.resync import steps
from provd.resync.steps import Answered, Due, Fetched, Happened, Note, Phase, Registered, Resync, Send

READY = Due(busy=False, registered=True)


class Story:
    """A resync and what was done for it."""

    def __init__(self, time: str = "now", *, restarts: bool = False, decides: bool = False) -> None:
        self.now = 1000.0
        self.is_now = Resync("id", "805ec0000101", 1, time, restarts, 1000.0, 1000.0, decides=decides)
        self.kinds: list[str] = []

    def then(self, happened: Happened, after: float = 0.0) -> Story:
        self.now += after
        self.is_now, commands = steps.step(self.is_now, happened, self.now)
        self.kinds += [one.kind if isinstance(one, Note) else "SEND" for one in commands]
        return self

    def when_due(self, happened: Happened = READY) -> Story:
        return self.then(happened, max(0.0, self.is_now.due - self.now))


def test_the_whole_way() -> None:
    story = Story().then(READY).then(Answered(200), 0.1).then(Fetched(), 3).then(Registered(), 2)
    assert story.is_now.phase is Phase.DONE
    assert story.kinds == ["resync_sent", "SEND", "resync_acknowledged", "resync_done"]
    assert story.is_now.text == "It fetched its configuration after 3 s and registered again."


def test_a_phone_that_keeps_its_registration_is_done_after_a_minute() -> None:
    story = Story().then(READY).then(Answered(200)).then(Fetched(), 5).when_due()
    assert (story.is_now.phase, story.now) == (Phase.DONE, 1065.0)
    assert story.is_now.text.endswith("and kept its registration.")


def test_a_phone_that_was_to_restart_must_register() -> None:
    story = Story(restarts=True).then(READY).then(Answered(200)).then(Fetched(), 60).when_due()
    assert story.is_now.phase is Phase.STOPPED
    assert "has not registered since" in story.is_now.text


def test_the_fetch_may_overtake_the_answer() -> None:
    story = Story().then(READY).then(Fetched(), 1).then(Answered(200), 1)
    assert (story.is_now.phase, story.is_now.fetched) == (Phase.FETCHED, 1001.0)


def test_silence_is_tried_four_times_further_and_further_apart() -> None:
    story, sent = Story(), []
    while not story.is_now.over:
        story.when_due()
        if story.kinds[-1] == "SEND":
            sent.append(story.now)
            story.then(Answered(408), 32)
    assert [later - earlier for earlier, later in pairwise(sent)] == [92, 332, 932]
    assert story.is_now.phase is Phase.STOPPED
    assert story.is_now.text.startswith("It did not answer; it may be off")
    assert "4 times" in story.is_now.text


def test_an_answer_that_never_comes_is_silence() -> None:
    story = Story().then(READY).when_due()
    assert (story.is_now.phase, story.is_now.attempts) == (Phase.WAITING, 1)


def test_it_restarts_when_what_has_changed_needs_it_and_that_is_left_to_it() -> None:
    needed = Due(busy=False, registered=True, changed=("network.vlan.id",))
    left, plain, again = Story(decides=True).then(needed), Story().then(needed), Story(decides=True).then(READY)
    assert (left.is_now.restarts, left.is_now.text) == (
        True, "It was told to restart, which a change of network.vlan.id needs.",
    )  # fmt: skip
    assert (plain.is_now.restarts, plain.is_now.text) == (False, "It was told to fetch its configuration.")
    assert not again.is_now.restarts
    left.then(Answered(408)).when_due()
    assert left.is_now.restarts, "and still at the second attempt"


@pytest.mark.parametrize(
    ("phase", "restarts", "after", "attempts", "due"),
    [
        (Phase.WAITING, False, Phase.WAITING, 1, 900.0),
        (Phase.SENDING, False, Phase.WAITING, 0, 1000 + steps.RESUME_AFTER),
        (Phase.ACKNOWLEDGED, False, Phase.ACKNOWLEDGED, 1, 1000 + steps.FETCH_WITHIN),
        (Phase.ACKNOWLEDGED, True, Phase.ACKNOWLEDGED, 1, 1000 + steps.FETCH_AFTER_REBOOT),
        (Phase.FETCHED, False, Phase.FETCHED, 1, 1000 + steps.REGISTER_WITHIN),
        (Phase.FETCHED, True, Phase.FETCHED, 1, 1000 + steps.REGISTER_AFTER_REBOOT),
    ],
)
def test_where_it_goes_on_when_the_server_has_restarted(
    phase: Phase, restarts: bool, after: Phase, attempts: int, due: float
) -> None:
    before = Resync("id", "805ec0000101", 1, "now", restarts, 800.0, 900.0, phase, 1, 850.0, 0.0, "So far.")
    found, commands = steps.resumed(before, 1000.0)
    assert (found.phase, found.attempts, found.due) == (after, attempts, due)
    assert [one.kind for one in commands if isinstance(one, Note)] == ["resync_waiting"] * (phase is Phase.SENDING)


@pytest.mark.parametrize("status", [401, 403, 405, 407, 489, 501])
def test_some_answers_are_final(status: int) -> None:
    story = Story().then(READY).then(Answered(status))
    assert story.is_now.phase is Phase.STOPPED
    assert story.is_now.text.endswith(".")


@pytest.mark.parametrize("status", [404, 480, 481, 486, 500, 503, 600])
def test_others_are_tried_again(status: int) -> None:
    assert Story().then(READY).then(Answered(status)).is_now.phase is Phase.WAITING


def test_acknowledged_and_never_fetched() -> None:
    story = Story()
    while not story.is_now.over:
        story.when_due().then(Answered(200)).when_due()
    assert "check the provisioning address" in story.is_now.text
    assert story.kinds.count("SEND") == 4


def test_in_a_call_and_idle_again() -> None:
    story = Story("idle")
    for _ in range(5):
        story.when_due(Due(busy=True, registered=True))
    assert story.kinds == ["resync_waiting"]
    assert story.when_due().kinds == ["resync_waiting", "resync_sent", "SEND"]
    assert Story("now").then(Due(busy=True, registered=True)).is_now.phase is Phase.SENDING


def test_not_registered_until_it_comes() -> None:
    story = Story().then(Due(busy=False, registered=False))
    assert (story.is_now.phase, story.is_now.due) == (Phase.WAITING, 1300.0)
    assert story.then(Registered(), 7).is_now.due == 1007.0
    assert story.when_due().kinds == ["resync_waiting", "resync_sent", "SEND"]


def test_tonight_is_not_now_because_it_registers() -> None:
    story = Story("tonight")
    story.is_now = steps.replace(story.is_now, due=50_000.0)
    assert story.then(Registered(), 5).is_now.due == 50_000.0


def test_nobody_is_waited_for_longer_than_a_day() -> None:
    story = Story()
    while not story.is_now.over:
        story.when_due(Due(busy=False, registered=False))
    assert 86_400 < story.now - 1000 < 87_000
    assert story.kinds == ["resync_waiting", "resync_stopped"]


def test_what_it_fetched_by_itself_it_need_not_be_told() -> None:
    assert Story("tonight").then(Fetched(), 60).is_now.phase is Phase.DONE
    assert Story("tonight", restarts=True).then(Fetched(), 60).is_now.phase is Phase.WAITING


def test_every_step_is_defined_and_an_end_is_an_end() -> None:
    happened: list[Happened] = [
        READY,
        Due(True, False),
        Answered(200),
        Answered(0),
        Answered(486),
        Fetched(),
        Registered(),
    ]
    for phase, one, restarts in product(Phase, happened, (True, False)):
        before = Resync("id", "m", 1, "now", restarts, 0.0, 0.0, phase, attempts=1, sent=1.0)
        after, commands = steps.step(before, one, 10.0)
        if before.over:
            assert (after, commands) == (before, [])
        elif not after.over:
            assert after.due < float("inf")
        assert sum(isinstance(command, Send) for command in commands) <= 1


def test_which_settings_restart_a_phone_and_what_it_is_told() -> None:
    assert steps.needs_restart(["language", "network.vlan.id"])
    assert not steps.needs_restart(["language", "no.such.setting"])
    facts = {"event": "resync", "reboot": "reboot_now"}
    assert steps.event_of(facts, restart=False) == "resync"
    assert steps.event_of(facts, restart=True) == "reboot_now"
    assert steps.event_of({"event": "check-sync"}, restart=True) == "check-sync"
