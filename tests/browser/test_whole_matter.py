"""One matter from its first note to its last paper, through pages alone, in both languages; on the way it takes the pictures of the tutorials.

A committee inspects a unit and concludes that something was wrong. A person is disciplined, the head answers for it on a telephone, what was wrong is
remedied and checked; the person's appeal is right in part; an auditor draws a sample, observes and takes the history away. Whoever is needed and
has no account is entered by the administrator first. With `PICTURES=folder` each page that a tutorial shows is kept as a picture.
"""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from config import TIMEZONE
from tests.browser.serving import console, served
from tests.browser.telling import TOLD, Told
from tests.browser.walking import PHONE, Troupe, Walker

TODAY = datetime.now(ZoneInfo(TIMEZONE)).date()
"""Days are those of the house."""


def day(ahead: int) -> str:
    return (TODAY + timedelta(days=ahead)).isoformat()


class Matter:
    """The matter as it grows: who plays in it, what they say, and the cases it consists of."""

    def __init__(self, browser: Browser, address: str, folder: Path, told: Told) -> None:
        self.address, self.folder, self.told = address, folder, told
        self.who = Troupe(browser, address, told.language)
        self.inspection = self.responsibility = self.discipline = self.action = self.appeal = ""

    # Who is missing is entered ---------------------------------------------------------------------------------------------------------

    def people(self) -> None:
        admin = self.who("admin")
        admin.picture("administrator-home")
        for n, person in enumerate((self.told.concerned, self.told.above)):
            admin.go("/organisation/people")
            if not n:
                admin.picture("administrator-people")
            admin.press("main a[href$='/organisation/do/add-person']")
            admin.fill(name=person.name, called=person.called, unit=person.unit, login=person.login)
            admin.send("" if n else "administrator-person")
            admin.press("main form[action$='/link'] button")
            link = re.search(r"/welcome/\S+", admin.page.inner_text("main"))
            assert link is not None
            if not n:
                admin.picture("administrator-link")
            newcomer = self.who.visitor(PHONE if not n else 1280)
            newcomer.go(link[0])
            newcomer.page.fill("[name=password]", self.told.password)
            if newcomer.page.locator("[name=again]").count():
                newcomer.page.fill("[name=again]", self.told.password)
            if not n:
                newcomer.picture("respondent-welcome")
            newcomer.press("main form button.btn-primary")
            self.who.passwords[person.login] = self.told.password

        if self.told.votes:
            admin.go(f"/organisation/units/{self.told.determiner}")
            admin.press("main a[href*='/organisation/do/add-office']")
            admin.fill(code=self.told.above_office, title=self.told.presides, unit=self.told.determiner, line="body", seats="1")
            admin.send()
        admin.go(f"/organisation/offices/{self.told.above_office}")
        admin.press("main a[href*='/organisation/do/appoint']")
        admin.fill(person=self.told.above.name)
        admin.send("administrator-appoint")
        admin.says(self.told.above.name)

    def engagement(self) -> None:
        admin = self.who("admin")
        admin.go("/organisation/people")
        admin.fill(q=self.told.auditor)
        admin.press("form[role=search].filters button")
        admin.press("tbody a")
        admin.press("main a[href*='/organisation/do/grant']")
        admin.fill(role="auditor", unit=self.told.unit, since=day(0), until=day(60), reason=self.told.mandate)
        admin.send("administrator-grant")
        admin.says(self.told.mandate)

    # Somebody speaks -------------------------------------------------------------------------------------------------------------------

    def spoken(self) -> None:
        t, reporter = self.told, self.who.visitor(PHONE)
        reporter.go(f"/concern?language={t.language}")
        reporter.picture("reporter-form")
        reporter.fill(unit=t.concerned.unit, what=t.what, conduct="omission", place=t.place, happened_from=day(-20))
        reporter.send()
        code = reporter.page.locator(".receipt code").inner_text()
        reporter.picture("reporter-code")
        reporter.go(f"/concern/back?language={t.language}")
        reporter.fill(code=code)
        reporter.press("main form.act button.btn-primary")
        reporter.says(t.what)
        reporter.fill(facts=t.more)
        reporter.picture("reporter-back")
        reporter.press("section[aria-labelledby=add] button.btn-primary")
        reporter.says(t.more)

    # The inspection --------------------------------------------------------------------------------------------------------------------

    def ordered(self) -> None:
        t = self.told
        officer = self.who("officer")
        officer.picture("committee-home")
        officer.go("/cases/new/inspection")
        officer.fill(unit=t.unit, source="signal", what=t.what)
        officer.send("committee-register")
        self.inspection = officer.page.url.removeprefix(f"{self.address}/cases/").partition("?")[0]
        assert officer.state() == "registered"
        officer.act(self.inspection, "assess", "triage", assessment=t.assessment, no_duplicate=True)
        officer.act(self.inspection, "propose", "proposed", work_type="suspicion", why=t.proposal)
        chair = self.who("chair")
        chair.act(self.inspection, "issue", "ordered", shown="committee-order", done="committee-ordered", team_lead=t.lead, lead_declared="clean",
                  team=[{"person": one, "declared": "clean"} for one in t.team], period_from=day(0), period_to=day(30), plan=t.plan)
        self.paper(chair, self.inspection, "order", "committee-paper")

    def verified(self) -> None:
        t, lead, head = self.told, self.who("lead"), self.who("head", PHONE)
        lead.act(self.inspection, "launch", "notified", office=t.office, served_on=day(0), rights_notice=True)
        lead.act(self.inspection, "add_evidence", description=t.evidence, reference=t.reference)
        head.act(self.inspection, "report", explanation=t.explanation)
        lead.act(self.inspection, "draft", "draft_findings", shown="committee-draft", speaks_for=t.speaks_for, findings=[
            {"finding": t.finding, "norm": t.norm, "committed_on": day(-20), "evidence": [1]}])
        lead.act(self.inspection, "share_draft", shared_on=day(0))
        head.act(self.inspection, "comment", views=t.views)
        lead.act(self.inspection, "consult", "consulted")
        lead.act(self.inspection, "submit", "concluding", final_report=t.report, answers=t.answers)
        chair = self.who("chair")
        chair.act(self.inspection, "conclude", "concluded", shown="committee-conclude", entitled=5, present=5, result="violation",
                  conclusion=t.conclusion)
        self.paper(chair, self.inspection, "conclusion")

    def followed(self) -> None:
        t = self.told
        officer = self.who("officer")
        officer.act(self.inspection, "follow_up", "following_up", shown="committee-follow", done="committee-followed", served_on=day(0),
                    shortcomings=[{"what": t.shortcoming, "cause_kind": "direction", "cause": t.cause, "office": t.office, "due": day(21),
                                   "measure": t.measure}],
                    matters=[{"respondent": t.concerned.name, "status_then": t.status, "status_now": t.status, "task": "own", "level": t.level,
                              "what": t.allegations[0]} | t.decider])
        self.action, self.discipline = officer.linked("actions"), officer.linked("decision")
        officer.door("hold_responsible")
        officer.fill(basis="oversight", office=t.office, line="unit", level="direct", owed=t.owed, due=day(30), finding=t.finding,
                     matter_on=day(-20), summary=t.summary, determiner=t.determiner)
        officer.send("committee-hold")
        officer.says(t.summary)
        officer.send("committee-letter")
        self.responsibility = officer.linked("responsibility")
        officer.act(self.responsibility, "notify", "notified", served_on=day(0))

    # The head, on a telephone ----------------------------------------------------------------------------------------------------------

    def answered(self) -> None:
        t, head = self.told, self.who("head", PHONE)
        head.go("/")
        head.picture("head-home")
        head.press(f".call:has-text('{self.title_of(self.responsibility)}') a.btn-primary")
        head.says(t.summary)
        head.picture("head-asked")
        head.press("form[action$='/acts/receive'] button")
        head.picture("head-receipt")
        head.press("main a.btn-primary")
        head.picture("head-answers")
        head.door("acknowledge")
        head.fill(statement=t.statement)
        head.send("head-statement")
        expect(head.page.locator(".leaf code").first).to_be_visible()
        self.who("member").act(self.responsibility, "determine", "determined", outcome="confirmed", reasons=t.determined)
        head.go("/")
        head.act(self.action, "finish", what_was_done=t.finished, shown="head-done")
        officer = self.who("officer")
        officer.act(self.action, "check", "checked", what_was_seen=t.seen)
        officer.act(self.responsibility, "link", "linked", shortcomings=[
            {"what": t.shortcoming, "cause_kind": "direction", "cause": t.cause, "office": t.office, "due": day(21), "measure": t.measure}])

    def title_of(self, uid: str) -> str:
        officer = self.who("officer")
        officer.case(uid)
        return officer.page.locator("h1").inner_text()

    # The matter of discipline ----------------------------------------------------------------------------------------------------------

    def disciplined(self) -> None:
        t, officer, person = self.told, self.who("officer"), self.who(self.told.concerned.login, PHONE)
        officer.act(self.discipline, "add_evidence", description=t.evidence, reference=t.reference)
        officer.act(self.discipline, "notify", "notified", shown="committee-allegations", disclosed=[1], rights_notice=True, allegations=[
            {"what": words, "kind": kind, "committed_on": day(-20 - n), "place": t.place, "provision": t.norm, "evidence": [1]}
            for n, (words, kind) in enumerate(zip(t.allegations, ("act", "omission"), strict=True))])
        person.go("/")
        person.picture("respondent-home")
        person.case(self.discipline)
        person.says(*t.allegations)
        person.picture("respondent-own")
        person.act(self.discipline, "answer", shown="respondent-answer", statement=t.answer, position="in_part", heard_early=True)
        chair = self.who("chair")
        decides = chair if t.votes else self.who("member")
        if t.votes:
            officer.act(self.discipline, "freeze_roll", "unit_sitting", shown="committee-roll", roll=t.roll)
        officer.act(self.discipline, "hear", "deliberating", attended="heard", minutes=t.minutes, companion_offered=True)
        decides.act(self.discipline, "conclude", conclusions=[
            {"allegation": n, "result": "proven", "why": t.proven, "speaks_for": t.speaks_for} for n in (1, 2)], degree=t.degree)
        if t.votes:
            officer.act(self.discipline, "vote", "outcome_known", shown="committee-vote", **t.ballot("warning"))
        else:
            decides.act(self.discipline, "decide_alone", "outcome_known", sanction="warning")
        decides.act(self.discipline, "impose", "decided", shown="committee-decide", reasons=t.reasons, mitigating=[t.mitigating],
                    factors_considered=True, effective_on=day(0))
        self.paper(decides, self.discipline, "decision", "committee-decision")
        officer.act(self.discipline, "serve", how="handed", proof=t.proof)
        self.worker()
        person.case(self.discipline)
        person.says(t.reasons)
        person.picture("respondent-decision")

    # The appeal ------------------------------------------------------------------------------------------------------------------------

    def appealed(self) -> None:
        t, person = self.told, self.who(self.told.concerned.login, PHONE)
        person.act(self.discipline, "appeal", shown="respondent-appeal", grounds=t.grounds)
        chair = self.who("chair")
        chair.case(self.discipline)
        self.appeal = chair.linked("decision")
        chair.act(self.appeal, "assign", "admissibility", level=t.appeal_level, minutes_by=t.minutes_by,
                  **({"body": t.determiner} if t.votes else {"appeal_decider": t.above.name}))
        above = self.who(t.above.login)
        above.act(self.appeal, "accept", "accepted")
        above.act(self.appeal, "verify", "verifying", what_is_verified=t.verified)
        if t.votes:
            above.act(self.appeal, "freeze_roll", roll=t.appeal_roll)
        above.act(self.appeal, "hear", "heard", attended="heard", minutes=t.heard_above, companion_offered=True)
        above.act(self.appeal, "conclude", degree=t.degree, conclusions=[
            {"allegation": 1, "result": "proven", "why": t.proven, "speaks_for": t.speaks_for},
            {"allegation": 2, "result": "not_proven", "why": t.not_proven, "speaks_for": t.speaks_for}])
        if t.votes:
            above.act(self.appeal, "vote", "voted", **t.ballot("reprimand"))
        else:
            above.act(self.appeal, "decide_alone", "voted", sanction="reprimand")
        above.act(self.appeal, "vary", "varied", reasons=t.varied)
        above.act(self.appeal, "announce", "announced", proof=t.proof)
        self.paper(above, self.appeal, "appeal_decision")
        person.case(self.discipline)
        person.says(t.varied)
        person.picture("respondent-varied")

    # The auditor -----------------------------------------------------------------------------------------------------------------------

    def audited(self) -> None:
        t, auditor = self.told, self.who("auditor")
        self.worker()
        auditor.go("/engagements")
        auditor.picture("auditor-engagements")
        auditor.press(f"li:has-text('{t.mandate}') h2 a")
        auditor.fill(covers_from=day(-400), covers_until=day(0))
        auditor.press("main form.act button.btn-primary")
        auditor.picture("auditor-begun")
        auditor.fill(size="3")
        auditor.press("form:has(#size) button")
        expect(auditor.page.locator("#samples ~ .table-wrap tbody tr")).to_have_count(3)
        auditor.picture("auditor-sample", "section[aria-labelledby=samples]")
        number = self.number(self.inspection)
        auditor.fill(case=number, says=t.observation, due=day(30))
        auditor.press("form:has(#says) button")
        expect(auditor.page.locator("section[aria-labelledby=observed] .row-box")).to_have_count(1)
        auditor.says(t.observation)
        auditor.picture("auditor-observed", "section[aria-labelledby=observed]")
        auditor.go("/silence")
        auditor.picture("auditor-silence")
        for form, name in (("csv", "auditor-export"), ("bundle", "")):
            auditor.prove()
            auditor.go("/exports")
            auditor.fill(case=number, reason=t.mandate)
            auditor.page.check(f"input[value={form}]")
            if name:
                auditor.picture(name)
            with auditor.page.expect_download() as waiting:
                auditor.page.click("form.act button.btn-primary")
            taken = Path(waiting.value.path())
            if form == "csv":
                rows = list(csv.reader(taken.read_text("utf-8").splitlines()))
                assert any(number in row for row in rows) and len(rows) > 10
            else:
                assert zipfile.is_zipfile(taken)
                kept = taken.rename(self.folder / "taken.zip")
                assert console(self.folder, "bundle", "verify", str(kept))

    # What is needed all along ----------------------------------------------------------------------------------------------------------

    def number(self, uid: str) -> str:
        officer = self.who("officer")
        officer.case(uid)
        return officer.page.locator(".head .minor").first.inner_text().partition(" ")[0]

    def worker(self, until: date | None = None) -> None:
        """The worker makes a round; with a day, it does whatever falls due until then."""
        if until is None:
            console(self.folder, "work", "--once")
        else:
            console(self.folder, "sweep", "--now", f"{until.isoformat()}T12:00:00+07:00")

    def paper(self, walker: Walker, uid: str, kind: str, name: str = "") -> None:
        """Draw a paper of a case, and open it."""
        walker.case(uid)
        walker.press("section[aria-labelledby=papers] a.btn")
        walker.press(f"main a[href$='/papers/draw/{kind}']")
        if name:
            walker.picture(name)
        walker.press("main form.act[method=post] button.btn-primary")
        with walker.page.expect_download() as waiting:
            walker.page.click(".head a.btn-primary")
        assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")

    def ended(self) -> None:
        """The whole outcome, as those who may know it see it."""
        t, chair = self.told, self.who("chair")
        self.worker(TODAY + timedelta(days=45))
        for uid, state in ((self.appeal, "final"), (self.discipline, "varied"), (self.action, "checked")):
            chair.case(uid)
            assert chair.state() == state, chair.page.inner_text("main")
        person = self.who(t.concerned.login, PHONE)
        person.case(self.discipline)
        person.says(t.outcome)


@pytest.mark.full
@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_matter_from_the_first_note_to_the_last_paper(browser: Browser, language: str, tmp_path: Path) -> None:
    told = TOLD[language]
    with served(told.house, tmp_path) as address:
        matter = Matter(browser, address, tmp_path, told)
        matter.people()
        matter.engagement()
        matter.spoken()
        matter.ordered()
        matter.verified()
        matter.followed()
        matter.answered()
        matter.disciplined()
        matter.appealed()
        matter.audited()
        matter.ended()
        matter.who.content()
