"""Whoever answers an observation of an auditor is told of it, reminded, and after its day everybody above them is."""

from __future__ import annotations

from datetime import date, timedelta

from inspect_app.now import hold, now
from inspect_app.services import notices, observations, outbox, queries, reminders, told_how
from tests.pages.test_audits import began
from tests.services.mail_server import running
from tests.services.organisation import Organisation

DAY = 86_400_000_000


def told(org: Organisation, who: str) -> list[str]:
    return [one.kind for one in notices.listed(org.house, org[who], unread_only=True)[0] if one.kind == "observed"]


def waits(org: Organisation, who: str) -> list[str]:
    return [one.says for one in observations.waiting(org.house, org[who])]


def due(org: Organisation, days: int) -> date:
    return queries.today(org.house) + timedelta(days=days)


def observe(org: Organisation, on: date, case: str | None = None, number: int | None = None) -> int:
    number = number or began(org, 1)
    observations.observe(org.house, org["auditor"], number, None if case else "W1", case, "Two signals were left.", on.isoformat())
    return number


def test_the_nearest_who_answers_is_told_at_once_and_nobody_above(org: Organisation) -> None:
    observe(org, due(org, 30))
    assert (told(org, "head"), told(org, "chair"), told(org, "other_head"), told(org, "auditor")) == (["observed"], [], [], [])
    assert (waits(org, "head"), waits(org, "chair")) == (["Two signals were left."], [])
    assert [one.unit for one in observations.to_answer(org.house, org["chair"])] == ["Ward 1"], "who is not waited for may answer all the same"


def test_of_a_case_they_may_not_know_nobody_is_told_and_the_next_above_is(org: Organisation) -> None:
    case = org.open(title="Closed")
    observe(org, due(org, 30), case.number)
    assert (told(org, "head"), told(org, "chair")) == ([], ["observed"])


def test_it_is_told_again_before_its_day_and_above_when_the_day_is_over(org: Organisation) -> None:
    reminders.round_of(org.house)
    days = org.house.catalogue.rulesets_by_name["generic"].values["remind.days"]
    observe(org, due(org, max(days) + 2))
    counted = []
    for n in range(max(days) + 5):
        with hold(now() + n * DAY):
            reminders.round_of(org.house)
            reminders.round_of(org.house)
            counted.append((len(told(org, "head")), len(told(org, "chair"))))
            above = waits(org, "chair")
            assert bool(above) == (n > max(days) + 2)
    assert counted[0] == (1, 0)
    assert counted[max(days) + 2] == (1 + len(days), 0)
    assert counted[-1] == (2 + len(days), 1)


def test_what_was_answered_waits_for_nobody_and_is_read(org: Organisation) -> None:
    observe(org, due(org, 1))
    [one] = observations.waiting(org.house, org["head"])
    observations.answer(org.house, org["chair"], one.id, "It was done on Monday.")
    assert (told(org, "head"), waits(org, "head"), notices.unread(org.house, org["head"])) == ([], [], 0)
    with hold(now() + 5 * DAY):
        reminders.round_of(org.house)
        assert (told(org, "head"), told(org, "chair")) == ([], [])


def test_a_mail_says_the_day_and_nothing_of_what_was_observed(org: Organisation) -> None:
    with running() as server:
        org.house.post = server.post()
        told_how.set_address(org.house, org["head"], "head@ward.example")
        told_how.confirm(org.house, org["head"], told_how.secret_of(org.house, org["head"].id, "head@ward.example"))
        observe(org, date(2099, 12, 31))
        outbox.round_of(org.house)
        part = server.mails[-1].get_body()
        assert part is not None
        words = str(part.get_content())
    assert "an observation of an auditor, to be answered by 31 Dec 2099" in words
    assert "signals" not in words and "Ward 1" not in words
