"""Notices: told in the transaction of the act, by mail to a real server, in the reader's language, and never to whom a wall keeps out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import event as listening
from sqlalchemy import func, insert, select, update

from inspect_app import i18n
from inspect_app.errors import Invalid, NotFound, Refusal
from inspect_app.models import account, cases, close_tie, exclusion, mail, notice
from inspect_app.now import hold, now
from inspect_app.services import casework, erasing, mails, notices, outbox, persons, posting, queries, reminders, told_how
from inspect_app.services.casework import Opening
from inspect_app.services.mails import Text
from inspect_app.services.notices import Notice
from inspect_app.services.outbox import SECOND
from inspect_app.services.taken import take
from inspect_app.services.walls import rebuild_for
from tests.services.mail_server import PASSWORD, USER, Server, certificate, running
from tests.services.organisation import CONSOLE, Organisation
from tests.services.test_retention import closed, disposed
from workflows.acts import SYSTEM, Act
from workflows.calendar import day_of, micros

DAY = 86_400 * SECOND
ADDRESS = "lead@ward.example"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as one:
        yield one


@pytest.fixture
def posted(org: Organisation, server: Server) -> Organisation:
    """A house with a mail server, in which the team leader has a confirmed address."""
    org.house.post = server.post()
    addressed(org, "lead", ADDRESS)
    return org


def addressed(org: Organisation, who: str, address: str) -> None:
    told_how.set_address(org.house, org[who], address)
    told_how.confirm(org.house, org[who], told_how.secret_of(org.house, org[who].id, address))


def told(org: Organisation, who: str) -> list[str]:
    return [one.kind for one in notices.listed(org.house, org[who])[0]]


def rows(org: Organisation) -> int:
    with org.house.db.reading("all") as session:
        return int(session.execute(select(func.count()).select_from(notice)).scalar_one())


def states(org: Organisation) -> list[str]:
    with org.house.db.reading("all") as session:
        return list(session.execute(select(mail.c.state).order_by(mail.c.id)).scalars())


def body(one: EmailMessage) -> str:
    part = one.get_body()
    assert part is not None
    return str(part.get_content())


def tie(org: Organisation, one: str, other: str) -> None:
    pair = sorted([org[one].person_id or 0, org[other].person_id or 0])
    with org.house.db.atomic("all") as session:
        session.execute(insert(close_tie).values(one_id=pair[0], other_id=pair[1], since_on=date(2020, 1, 1), sealed_reason="family"))
        rebuild_for(session, org.house, pair)


def test_who_is_given_a_part_is_told_on_the_page_and_by_mail_without_a_word_of_the_case(posted: Organisation, server: Server) -> None:
    case = posted.ordered()
    assert told(posted, "lead") == ["part"]
    assert notices.unread(posted.house, posted["lead"]) == 1
    assert outbox.round_of(posted.house) == outbox.Outcome(sent=1, dropped=1)
    [one] = server.mails
    assert server.to == [ADDRESS]
    with posted.house.db.reading("all") as session:
        number, title = session.execute(select(cases.c.number, cases.c.title).where(cases.c.uid == case)).one()
    assert number in body(one)
    assert title not in body(one) and "drug" not in server.taken[0].decode().lower()
    assert f"{posted.house.public_url}/notices" in body(one)
    assert outbox.round_of(posted.house) == outbox.Outcome()
    assert len(server.mails) == 1


def test_a_mail_is_in_the_language_of_its_reader(posted: Organisation, server: Server) -> None:
    with posted.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.person_id == posted["lead"].person_id).values(language="vi"))
    posted.ordered()
    outbox.round_of(posted.house)
    assert "có việc cần đọc" in str(server.mails[0]["Subject"])
    assert "bạn được giao một vai trò" in body(server.mails[0])
    assert server.mails[0]["Content-Language"] == "vi"


def test_everything_works_without_a_mail_server_and_nothing_is_sent_for_it_later(org: Organisation, server: Server) -> None:
    addressed(org, "lead", ADDRESS)
    org.ordered()
    assert outbox.round_of(org.house) == outbox.Outcome()
    assert told(org, "lead") == ["part"]
    org.house.post = server.post()
    assert outbox.round_of(org.house).sent == 0
    assert server.mails == []


def test_nothing_but_the_question_goes_to_an_address_that_was_not_confirmed(org: Organisation, server: Server) -> None:
    org.house.post = server.post()
    told_how.set_address(org.house, org["lead"], ADDRESS)
    org.ordered()
    assert outbox.round_of(org.house).sent == 1
    [one] = server.mails
    link = told_how.secret_of(org.house, org["lead"].id, ADDRESS)
    assert f"/notices/address/{link}" in body(one)
    assert "part" not in body(one)
    with pytest.raises(NotFound):
        told_how.confirm(org.house, org["one"], link)
    with pytest.raises(NotFound):
        told_how.confirm(org.house, org["lead"], link[:-1] + ("0" if link[-1] != "0" else "1"))
    assert told_how.confirm(org.house, org["lead"], link) == ADDRESS
    told_how.set_address(org.house, org["lead"], "other@ward.example")
    with pytest.raises(NotFound):
        told_how.confirm(org.house, org["lead"], link)


@pytest.mark.parametrize("address", ["a", "a@b c", "a@b\r\nBcc: x@y.example", "a@b.example, c@d.example", "<a@b.example>", "@b.example", "a@",
                                     "a@-b.example", "a" * 250 + "@b.example", "ä@b.example", '"a b"@c.example', "a@b.example\0"])
def test_what_is_no_address_is_refused(org: Organisation, address: str) -> None:
    with pytest.raises(Invalid):
        told_how.set_address(org.house, org["lead"], address)


def test_the_mail_of_the_day_waits_for_its_hour_and_holds_everything_at_once(posted: Organisation, server: Server) -> None:
    told_how.choose(posted.house, posted["lead"], {"part": "digest"})
    begin = now()
    posted.ordered(), posted.ordered()
    assert outbox.round_of(posted.house).sent == 0
    with hold(begin + DAY):
        assert outbox.round_of(posted.house).sent == 1
    assert body(server.mails[0]).count("you were given a part") == 2
    told_how.choose(posted.house, posted["lead"], {"part": "here"})
    posted.ordered()
    with hold(begin + 2 * DAY):
        assert outbox.round_of(posted.house).sent == 0
    with pytest.raises(Invalid):
        told_how.choose(posted.house, posted["lead"], {"part": "by pigeon"})


def test_what_was_read_meanwhile_is_not_mailed(posted: Organisation, server: Server) -> None:
    posted.ordered()
    [one] = notices.listed(posted.house, posted["lead"])[0]
    assert notices.open_one(posted.house, posted["lead"], one.id).read_at is None
    assert notices.unread(posted.house, posted["lead"]) == 0
    outbox.round_of(posted.house)
    assert server.mails == []
    with pytest.raises(NotFound):
        notices.open_one(posted.house, posted["one"], one.id)


def test_a_wall_that_rises_between_the_act_and_the_mail_stops_it_and_takes_the_notice_away(posted: Organisation, server: Server) -> None:
    case = posted.ordered()
    posted.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    outbox.weigh(posted.house)
    assert "waiting" in states(posted)
    tie(posted, "lead", "head")
    with pytest.raises(NotFound):
        queries.case(posted.house, posted["lead"], case)
    outbox.round_of(posted.house)
    assert server.mails == []
    assert "dropped" in states(posted) and "sent" not in states(posted)
    assert told(posted, "lead") == [] and notices.unread(posted.house, posted["lead"]) == 0


def test_a_rehearsal_tells_nobody(org: Organisation) -> None:
    told_first = {"source": "signal", "what": "The drug book had gaps on 3 May 2026."}
    opening = Opening("inspection", Act("register", org["officer"], told_first), "Drug book", "W1", None, rehearsal=True)
    case = casework.open_case(org.house, opening).case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    org.act("chair", case, "issue", **org.team())
    assert rows(org) == 0
    with hold(now() + 30 * DAY):
        reminders.round_of(org.house)
    assert rows(org) == 0


def test_an_act_that_tells_nobody_does_no_statement_for_it(org: Organisation) -> None:
    case = org.open().case
    said: list[str] = []

    def note(*args: object) -> None:
        said.append(str(args[2]))

    listening.listen(org.house.db.engine, "before_cursor_execute", note)
    try:
        org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
        org.act("officer", case, "note_for_record", note="nothing")
    finally:
        listening.remove(org.house.db.engine, "before_cursor_execute", note)
    assert [one for one in said if "notice" in one or " mail" in one] == []


def test_a_refused_act_tells_nobody(org: Organisation) -> None:
    case = org.open().case
    with pytest.raises(Refusal):
        org.act("chair", case, "issue", **org.team())
    assert rows(org) == 0


# Sending -----------------------------------------------------------------------------------------------------------------


def test_a_mail_that_is_put_off_comes_later_under_the_same_name_and_once(posted: Organisation, server: Server) -> None:
    posted.ordered()
    server.answers = ["451 not now", "451 not now"]
    assert outbox.round_of(posted.house).put_off == 1
    assert outbox.round_of(posted.house) == outbox.Outcome()
    begin = now()
    with hold(begin + outbox.FIRST_WAIT + SECOND):
        assert outbox.round_of(posted.house).put_off == 1
    with hold(begin + 10 * outbox.FIRST_WAIT):
        assert outbox.round_of(posted.house).sent == 1
        assert outbox.round_of(posted.house) == outbox.Outcome()
    assert len(server.mails) == 1


def test_a_mail_that_never_goes_is_dead_after_its_tries_and_the_administrator_sends_it_again(posted: Organisation, server: Server) -> None:
    posted.ordered()
    server.answers = ["451 still not"] * outbox.TRIES
    for n in range(outbox.TRIES):
        with hold(now() + n * (outbox.LONGEST_WAIT + SECOND)):
            outbox.round_of(posted.house)
    [stuck] = outbox.standing(posted.house).stuck
    assert (stuck.state, stuck.tries, stuck.problem) == ("dead", outbox.TRIES, "451 still not")
    with hold(now() + 30 * DAY):
        assert outbox.round_of(posted.house) == outbox.Outcome()
        outbox.again(posted.house, posted["admin"], stuck.id)
        assert outbox.round_of(posted.house).sent == 1
        assert outbox.standing(posted.house).stuck == ()
        with pytest.raises(NotFound):
            outbox.again(posted.house, posted["admin"], stuck.id)


def test_what_the_server_refuses_for_good_is_dead_at_once_and_holds_up_no_other(posted: Organisation, server: Server) -> None:
    addressed(posted, "one", "one@ward.example")
    posted.ordered()
    server.answers = ["550 nobody here"]
    assert outbox.round_of(posted.house) == outbox.Outcome(sent=1, dead=1, dropped=2)


def test_a_server_that_is_away_costs_one_try_of_one_mail(posted: Organisation, server: Server) -> None:
    addressed(posted, "one", "one@ward.example")
    posted.ordered()
    there = posted.house.post
    with running() as gone:
        posted.house.post = gone.post()
    assert outbox.round_of(posted.house).put_off == 1
    posted.house.post = there
    with hold(now() + outbox.LONGEST_WAIT):
        assert outbox.round_of(posted.house).sent == 2


def test_a_worker_that_dies_between_sending_and_marking_sends_the_same_mail_again_and_no_other(
        posted: Organisation, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    posted.ordered()
    outbox.weigh(posted.house)

    def dies(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "_settle", dies)
        with posted.house.db.atomic("all") as session:
            session.execute(update(mail).where(mail.c.kind == "address").values(state="dropped"))
        with pytest.raises(KeyboardInterrupt):
            outbox.round_of(posted.house)
    assert outbox.round_of(posted.house) == outbox.Outcome()
    with hold(now() + outbox.LEASE + SECOND):
        assert outbox.round_of(posted.house).sent == 1
        assert outbox.round_of(posted.house) == outbox.Outcome()
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert body(first) == body(second)


def test_two_workers_send_each_mail_once(posted: Organisation, server: Server) -> None:
    for n in range(6):
        addressed(posted, ("one", "two", "chair", "officer", "head", "boss")[n], f"p{n}@ward.example")
    posted.ordered()
    workers = [Thread(target=outbox.round_of, args=(posted.house,)) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len({str(m["Message-ID"]) for m in server.mails}) == len(server.mails) == 3


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_tls_and_login(posted: Organisation, tmp_path: Path) -> None:
    context, ca = certificate(tmp_path)
    for at_once in (False, True):
        with running(tls=context, at_once=at_once, login=True) as strict:
            tls = "at_once" if at_once else "required"
            posted.ordered()
            posted.house.post = strict.post(tls=tls, ca=ca, user=USER, password=PASSWORD)
            assert outbox.round_of(posted.house).sent == 1
            assert strict.secure == [True] and strict.signed_in == [USER]
            posted.ordered()
            for wrong in ({"ca": ca, "user": USER, "password": "wrong"}, {"user": USER, "password": PASSWORD}):
                posted.house.post = strict.post(tls=tls, **wrong)
                with hold(now() + outbox.LONGEST_WAIT):
                    assert outbox.round_of(posted.house).sent == 0
            assert len(strict.mails) == 1


def test_a_password_never_goes_out_in_the_clear_and_no_mail_where_tls_is_required(posted: Organisation) -> None:
    with running() as plain:
        posted.ordered()
        for post in (plain.post(tls="required"), plain.post(user=USER, password=PASSWORD)):
            posted.house.post = post
            with hold(now() + outbox.LONGEST_WAIT):
                assert outbox.round_of(posted.house).sent == 0
        assert plain.mails == [] and plain.signed_in == []


# Hostile names ------------------------------------------------------------------------------------------------------------

BREAKS = ("\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\u202e", "%0d%0a", "=0D=0A", "\\r\\n",
          "=?utf-8?q?=0D=0A?=", "\r\n ", "\n\t", "\ud7ff\n")
HEADS = ("Bcc: thief@evil.example", "To: thief@evil.example", "Subject: gotcha", "X-Evil: 1",
         "Content-Type: text/html\r\n\r\n<script>alert(1)</script>",
         "\r\nBody begins here", ".\r\nMAIL FROM:<a@evil.example>", "--boundary\r\nContent-Type: text/html", "<img src=x onerror=alert(1)>",
         "\"><b>bold</b>", "Reply-To: thief@evil.example", "=?utf-8?b?DQpCY2M6IHhAeQ==?=", "thief@evil.example, other@evil.example",
         "\" <thief@evil.example>", "(comment) <thief@evil.example>")
PAYLOADS = tuple(f"Nguyễn{b}{h}" for b in BREAKS for h in HEADS)


def test_three_hundred_hostile_names_make_no_new_header_part_or_address(server: Server) -> None:
    assert len(PAYLOADS) == 300
    post = server.post()
    plain = mails.write(post, Text("digest", "Lead Person", ADDRESS, "en", ("one",), "https://house.example/notices"), 1, now())
    with posting.Carrier(post) as carrier:
        for name in PAYLOADS:
            carrier.carry(mails.write(post, Text("digest", name, ADDRESS, "en", (name,), "https://house.example/notices"), 1, now()), ADDRESS)
        all_at_once = Text("digest", PAYLOADS[0], ADDRESS, "vi", PAYLOADS, "https://house.example/notices")
        carrier.carry(mails.write(post, all_at_once, 1, now()), ADDRESS)
    assert len(server.mails) == 301 and set(server.to) == {ADDRESS}
    for one in server.mails:
        assert [name for name in one.keys() if name != "X-Peer"] == plain.keys()  # noqa: SIM118 – names may come twice
        assert not one.is_multipart() and one.get_content_type() == "text/plain"
        assert [a.addr_spec for a in one["To"].addresses] == [ADDRESS]
    lines = [line for line in body(server.mails[-1]).splitlines() if line.startswith("- ")]
    assert len(lines) == 300


# Reminders ------------------------------------------------------------------------------------------------------------------


def due_of(org: Organisation, case: str) -> date:
    with org.house.db.reading("all") as session:
        return day_of(session.execute(select(cases.c.due_at).where(cases.c.uid == case)).scalar_one(), org.house.zone)


def sweeps(org: Organisation, day: date) -> int:
    with hold(micros(datetime.combine(day, time(9), org.house.zone))):
        return reminders.round_of(org.house)


def test_whoever_can_act_is_reminded_as_many_days_before_as_the_ruleset_says_and_once(org: Organisation) -> None:
    case = org.open().case
    due = due_of(org, case)
    days = [due - timedelta(days=n) for n in range(12, -2, -1)]
    assert [(due - day).days for day in days if sweeps(org, day)] == [7, 1]
    assert [sweeps(org, day) for day in days] == [0] * len(days)
    found = [one for one in notices.listed(org.house, org["officer"])[0] if one.kind == "reminder"]
    assert [one.due_on for one in found] == [due, due]


def test_a_worker_that_stood_still_reminds_once_when_it_is_back(org: Organisation) -> None:
    case = org.open().case
    due = due_of(org, case)
    sweeps(org, due - timedelta(days=20))
    assert sweeps(org, due - timedelta(days=3)) == 1
    assert sweeps(org, due - timedelta(days=2)) == 0


def test_two_sweepers_remind_once(org: Organisation) -> None:
    case = org.open().case
    day = due_of(org, case) - timedelta(days=7)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: sweeps(org, day), range(4))) == 1


def test_nobody_is_reminded_of_what_is_done_paused_or_walled_off(org: Organisation) -> None:
    done, paused, walled = (org.open().case for _ in range(3))
    day = due_of(org, done) - timedelta(days=7)
    org.act("officer", done, "assess", assessment="founded", no_duplicate=True)
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid == paused).values(paused=True))
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == walled)).scalar_one()
        session.execute(insert(exclusion).values(case_id=id_, person_id=org["officer"].person_id, part="all", since_on=date(2020, 1, 1)))
    sweeps(org, day)
    first = {one.clock for one in notices.listed(org.house, org["officer"])[0] if isinstance(one, Notice) and one.kind == "reminder"}
    assert "assess" not in first


def test_a_reminder_by_mail_names_the_limit_and_the_day_and_comes_once_a_day_unless_chosen_otherwise(posted: Organisation, server: Server) -> None:
    addressed(posted, "officer", "officer@ward.example")
    case = posted.open().case
    due = due_of(posted, case)
    sweeps(posted, due - timedelta(days=7))
    with hold(micros(datetime.combine(due - timedelta(days=6), time(9), posted.house.zone))):
        outbox.round_of(posted.house)
    [one] = [m for m in server.mails if "ends on" in body(m)]
    assert i18n.day(due, "en") in body(one)


# Erasure --------------------------------------------------------------------------------------------------------------------


def test_what_was_disposed_of_leaves_no_notice(posted: Organisation) -> None:
    for login in ("two", "deputy"):
        persons.grant(posted.house, CONSOLE, login, "data_officer", "HQ")
    case = closed(posted)
    with posted.house.db.atomic("all") as session:
        taken = take(session, posted.house, case, SYSTEM, date(2026, 1, 1))
        notices.tell(session, taken, "letter", [(posted["lead"].person_id or 0, "respondent")], taken.seq, now())
    outbox.round_of(posted.house)
    assert rows(posted) == 1
    disposed(posted, case)
    assert rows(posted) == 0


def test_erasing_who_reported_takes_their_notices(org: Organisation) -> None:
    case = org.open().case
    with org.house.db.atomic("all") as session:
        taken = take(session, org.house, case, SYSTEM, date(2026, 1, 1))
        notices.tell(session, taken, "letter", [(org["stranger"].person_id or 0, "reporter"), (org["one"].person_id or 0, "team_member")], 1, now())
        erasing.take_out(session, taken, [{"seq": 0, "name": "reporter"}])
    assert rows(org) == 1
