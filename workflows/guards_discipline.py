"""Guards of discipline up to the hearing: what may be alleged, what was disclosed, who was heard, and interim measures on the way."""

from __future__ import annotations

from datetime import date

from workflows.acts import Act, Facts
from workflows.clocks import runs_out
from workflows.computed import is_organisation
from workflows.guards import given, guard, speaker
from workflows.guards_concern import ANOTHER
from workflows.words import words

ACTS = ("act", "omission")
"""What an allegation may be about."""


def rows(act: Act, name: str) -> list[dict[str, object]]:
    """The rows of an input."""
    return list(given(act, name) or ())


def cited(allegations: object) -> set[int]:
    """The items of evidence that allegations cite."""
    return {n for row in (allegations if isinstance(allegations, list) else ()) for n in row.get("evidence") or ()}


def times(case: Facts, trigger: str, since: str) -> int:
    """How often a step was taken since the newest of another."""
    done = [step.trigger for step in case.steps]
    start = len(done) - done[::-1].index(since) if since in done else 0
    return done[start:].count(trigger)


# What is alleged --------------------------------------------------------------------------------------------------------


@guard(inputs=True, vi="Mỗi nội dung xem xét là một việc đã làm hoặc không làm; suy nghĩ, hoặc lời nói trong cuộc họp, giải trình, khiếu nại, "
                       "ý kiến bảo lưu hay phản ánh ngay tình không phải là nội dung xem xét.")
def allegations_are_about_acts(case: Facts, act: Act) -> bool:
    """Every allegation is about an act or omission, never about what was thought, or said in a meeting, reply, appeal or report in good faith."""
    told = rows(act, "allegations")
    return bool(told) and all(row.get("kind") in ACTS for row in told)


@guard(needs=("on",), inputs=True, vi="Mỗi việc được nêu đã xảy ra, và không kết thúc trước khi bắt đầu.")
def allegations_lie_in_the_past(case: Facts, act: Act) -> bool:
    """Every act alleged is past, and none ends before it begins."""
    days = [(str(row.get("committed_on")), str(row.get("ended_on") or row.get("committed_on"))) for row in rows(act, "allegations")]
    return all(begun <= ended <= case.on.isoformat() for begun, ended in days)


@guard(needs=("evidence",), inputs=True, vi="Mỗi nội dung xem xét đều dẫn chứng cứ còn hiệu lực trong vụ việc.")
def allegations_cite_evidence(case: Facts, act: Act) -> bool:
    """Every allegation cites evidence that stands in this case."""
    return all(row.get("evidence") and cited([row]) <= set(case.evidence) for row in rows(act, "allegations"))


@guard(inputs=True, vi="Mọi chứng cứ được dẫn đều đã cho người được xem xét biết, hoặc không cho xem kèm lý do và bản tóm tắt.")
def everything_cited_is_disclosed(case: Facts, act: Act) -> bool:
    """Everything cited is disclosed to the person, or withheld with a stated reason and a summary."""
    withheld = {row.get("item") for row in rows(act, "withheld") if row.get("reason") and row.get("summary")}
    return cited(given(act, "allegations")) <= set(given(act, "disclosed") or ()) | withheld


@guard(needs=("tainted",), inputs=True, vi="Không nội dung nào dựa vào chứng cứ do người có xung đột lợi ích đưa vào mà chưa ai khác xác minh lại.")
def nothing_cited_is_tainted(case: Facts, act: Act) -> bool:
    """Nothing cited was brought by somebody with a conflict, unless another has verified it again."""
    found = cited(given(act, "allegations")) | cited(given(act, "findings"))
    return not found & set(case.tainted)


@guard(needs=("tainted",), vi="Chứng cứ do người có xung đột lợi ích đưa vào đã được người khác xác minh lại, hoặc đã loại.")
def tainted_evidence_is_dealt_with(case: Facts, act: Act) -> bool:
    """What somebody with a conflict brought is verified again by another, or excluded."""
    return not case.tainted


@guard(needs=("tainted",), inputs=True, vi="Chứng cứ này do người có xung đột lợi ích đưa vào và chưa được xác minh lại.")
def item_is_tainted(case: Facts, act: Act) -> bool:
    """The item was brought by somebody with a conflict, and nobody has verified it again."""
    return given(act, "item") in case.tainted


@guard(needs=("people", "ruleset"), vi="Đoàn đủ người; ai thôi vì xung đột lợi ích đã được thay.")
def team_is_complete(case: Facts, act: Act) -> bool:
    """The team has its leader and as many people as the ruleset asks; whoever left with a conflict is replaced."""
    lead, members = set(case.people.get("team_lead", ())), set(case.people.get("team_member", ()))
    return len(lead) == 1 and len(lead | members) >= int(case.ruleset["team.at_least"])


@guard(needs=("people", "drawn_in"), inputs=True, vi="Người được cử thay chưa có trong đoàn.")
def replacement_is_new(case: Facts, act: Act) -> bool:
    """Whoever is sent instead is not on the team yet."""
    return not set(case.drawn_in) & {*case.people.get("team_lead", ()), *case.people.get("team_member", ())}


@guard(inputs=True, vi="Người được cử thay khai không có xung đột lợi ích.")
def replacement_declares_to_be_free(case: Facts, act: Act) -> bool:
    """Whoever is sent instead declares to be free of conflicts."""
    return bool(given(act, "declared") == "clean")


# The answer and the hearing ------------------------------------------------------------------------------------------------


@guard(needs=("steps", "ruleset"), vi="Việc không trả lời hoặc từ chối trả lời đã được ghi đủ số lần theo quy định.")
def refusal_was_recorded_often_enough(case: Facts, act: Act) -> bool:
    """That no answer came, or was refused, is recorded as often as the ruleset asks."""
    return times(case, "record_refusal", "notify") >= int(case.ruleset["reminders"])


@guard(needs=("clocks", "now"), vi="Thời hạn tối thiểu để trả lời đã hết.")
def time_to_reply_is_over(case: Facts, act: Act) -> bool:
    """The least time to reply is over."""
    clock = case.clocks.get("reply")
    at = case.now if act.occurred_at is None else act.occurred_at
    return clock is not None and clock.due_at < at


@guard(needs=("said", "clocks", "now"), vi="Từ khi giao nội dung xem xét đã đủ thời gian chuẩn bị, hoặc người được xem xét đồng ý được nghe sớm hơn.")
def notice_had_its_time(case: Facts, act: Act) -> bool:
    """Since the allegations were served the person had the time of notice, or agreed to be heard earlier."""
    clock = case.clocks.get("notice")
    at = case.now if act.occurred_at is None else act.occurred_at
    return bool(case.said.get("heard_early")) or clock is None or bool(clock.due_at < at)


@guard(needs=("steps", "ruleset"), inputs=True,
       vi="Người được xem xét đã được nghe, hoặc có giấy thôi quyền được nghe, hoặc vắng mặt sau số lần mời theo quy định và đã lập biên bản.")
def person_was_heard_or_absence_is_minuted(case: Facts, act: Act) -> bool:
    """The person was heard, or waived it on paper, or stayed away after as many invitations as the ruleset asks, and that is minuted."""
    how = given(act, "attended")
    if how == "absent":
        return times(case, "invite", "notify") >= int(case.ruleset["reminders"]) and bool(given(act, "minutes"))
    return how == "heard" or (how == "waived" and bool(given(act, "paper")))


@guard(needs=("people",), vi="Người ghi biên bản buổi nghe không phải là người được xem xét.", outer=ANOTHER)
def nobody_hears_themselves(case: Facts, act: Act) -> bool:
    """Whoever records the hearing is not the person heard."""
    return speaker(act) not in case.people.get("respondent", ())


@guard(needs=("people",), vi="Việc này do chính người được xem xét thực hiện.")
def the_person_speaks(case: Facts, act: Act) -> bool:
    """The person concerned does this themselves, or on their own signed paper."""
    return speaker(act) in case.people.get("respondent", ()) and act.on_behalf_of is None


@guard(inputs=True, vi="Vụ việc chỉ về một người, và có người hoặc cơ quan có thẩm quyền quyết định.")
def somebody_decides(case: Facts, act: Act) -> bool:
    """One person or a body is named that decides."""
    return bool(given(act, "decider")) != bool(given(act, "body"))


@guard(needs=("ruleset",), inputs=True, vi="Một người quyết định chỉ khi quy định cho phép; nếu không, do một tập thể biểu quyết.")
def decision_rule_fits(case: Facts, act: Act) -> bool:
    """One person decides only where the ruleset says so; else those who vote do."""
    return bool(given(act, "body")) or case.ruleset.get("decision.rule") == "one"


@guard(inputs=True, vi="Người quyết định không phải là người được xem xét.")
def respondent_does_not_decide(case: Facts, act: Act) -> bool:
    """Whoever decides is not the person concerned."""
    return bool(given(act, "decider") != given(act, "respondent"))


# Deferral and suspension ------------------------------------------------------------------------------------------------


@guard(needs=("on",), inputs=True, vi="Ngày xem xét lại nằm ở phía trước.")
def review_is_ahead(case: Facts, act: Act) -> bool:
    """The day of review lies ahead."""
    return bool(str(given(act, "review_on")) > case.on.isoformat())


@guard(needs=("on", "ruleset", "calendar"), inputs=True, vi="Việc chưa xem xét được xem lại không muộn hơn quy định.")
def deferral_is_reviewed_in_time(case: Facts, act: Act) -> bool:
    """The deferral is looked at again no later than the ruleset asks."""
    latest = runs_out(case.on, str(case.ruleset["deferral.review"]), case.calendar)
    return str(given(act, "review_on")) <= latest.isoformat()


@guard(needs=("ruleset",), vi="Người được xem xét được đề nghị bằng văn bản để tiếp tục.")
def deferral_ends_on_request(case: Facts, act: Act) -> bool:
    """The person concerned may ask in writing to go on."""
    return bool(case.ruleset["deferral.ends_on_request"])


@guard(needs=("said", "steps", "ruleset"), inputs=True, vi="Không hoãn lại vì căn cứ mà người được xem xét đã đề nghị tiếp tục.")
def no_deferral_against_their_request(case: Facts, act: Act) -> bool:
    """Whoever asked in writing to go on is not kept waiting on the same ground again."""
    asked = bool(case.ruleset["deferral.ends_on_request"]) and any(step.trigger == "ask_to_go_on" for step in case.steps)
    return not asked or bool(given(act, "ground") != case.said.get("ground"))


def _cap(case: Facts, key: str, since: date) -> str:
    """The last day that a suspension which began on a day may have; that of an organisation has a cap of its own."""
    limit = str(case.ruleset["suspension.organisation" if is_organisation(case.said) else key])
    return runs_out(since, limit, case.calendar).isoformat()


def _longest(case: Facts, since: date) -> str | None:
    """The last day of a suspension, counted from its first day. None where it lasts as long as a criminal proceeding against the person does."""
    criminal = case.case.state == "referred_out" and case.said.get("track") == "criminal" and not is_organisation(case.said)
    return None if criminal and case.ruleset["suspension.follows_criminal"] else _cap(case, "suspension.longest", since)


def _first(case: Facts) -> date:
    """The first day on which the person was suspended in this matter; of one that was not, today."""
    return date.fromisoformat(str(case.said["suspended_on"])) if case.said.get("suspended_on") else case.on


@guard(needs=("said", "on", "ruleset", "calendar", "case"), inputs=True,
       vi="Thời gian tạm đình chỉ không dài hơn mức quy định, kể cả các lần trước trong vụ việc này.")
def suspension_keeps_its_cap(case: Facts, act: Act) -> bool:
    """The suspension is no longer than the ruleset allows, earlier ones of the matter included."""
    until, longest = str(given(act, "until")), _longest(case, _first(case))
    return bool(case.on.isoformat() <= until <= _cap(case, "suspension.first", case.on) and (longest is None or until <= longest))


@guard(needs=("said", "on", "ruleset", "calendar", "case"), inputs=True,
       vi="Thời gian gia hạn tạm đình chỉ, tính từ ngày đầu, không dài hơn mức tối đa; khi đang tố tụng hình sự thì theo thời hạn tố tụng, "
          "nếu quy định như vậy.")
def extension_keeps_its_cap(case: Facts, act: Act) -> bool:
    """The suspension, from its first day, is within its longest; where the ruleset says so, it may last as long as a criminal proceeding."""
    longest = _longest(case, _first(case))
    return bool(case.said.get("suspended_on")) and (longest is None or str(given(act, "until")) <= longest)


@guard(needs=("said", "ruleset", "calendar", "clocks"),
       vi="Việc tạm đình chỉ theo thời hạn tố tụng hình sự đã được bỏ trước khi xem xét lại vụ việc.")
def no_suspension_outlasts_the_proceeding(case: Facts, act: Act) -> bool:
    """A suspension that lasted as long as a criminal proceeding was lifted before the matter is taken up again."""
    clock = case.clocks.get("suspension")
    if clock is None or not clock.running or not case.said.get("suspended_on"):
        return True
    return str(case.said.get("until")) <= _cap(case, "suspension.longest", date.fromisoformat(str(case.said["suspended_on"])))


@guard(needs=("on", "ruleset", "calendar"), inputs=True, vi="Việc tạm đình chỉ được xem xét lại không muộn hơn quy định.")
def suspension_is_reviewed_in_time(case: Facts, act: Act) -> bool:
    """The suspension is looked at again no later than the ruleset asks, and before it ends."""
    review, until = str(given(act, "review_on")), act.data.get("until")
    latest = runs_out(case.on, str(case.ruleset["suspension.review"]), case.calendar).isoformat()
    return bool(case.on.isoformat() <= review <= (min(latest, str(until)) if until else latest))


@guard(needs=("clocks",), vi="Không có việc tạm đình chỉ nào đang có hiệu lực.")
def no_suspension_runs(case: Facts, act: Act) -> bool:
    """No suspension is running."""
    clock = case.clocks.get("suspension")
    return clock is None or not clock.running


@guard(needs=("clocks",), vi="Việc tạm đình chỉ đang có hiệu lực.")
def suspension_runs(case: Facts, act: Act) -> bool:
    """A suspension is running."""
    clock = case.clocks.get("suspension")
    return clock is not None and clock.running


@guard(needs=("said",), inputs=True, vi="Cấp tiếp nhận là cấp khác, và có giấy tờ về việc chuyển.",
       outer=words(en="The matter goes to another level, on paper.", vi="Vụ việc chuyển cấp khác bằng văn bản."))
def transfer_has_its_paper(case: Facts, act: Act) -> bool:
    """The matter goes to another body than the present one, and a paper says so."""
    return bool(given(act, "paper")) and given(act, "body") != case.said.get("body")


@guard(inputs=True, vi="Có nêu giấy tờ làm căn cứ.")
def outside_paper_is_named(case: Facts, act: Act) -> bool:
    """The paper it rests on is named."""
    return bool(given(act, "paper"))


@guard(inputs=True, vi="Người khiếu nại là chính người bị kỷ luật.")
def appellant_speaks_for_themselves(case: Facts, act: Act) -> bool:
    """Whoever appeals does so in their own matter; nobody appeals for another."""
    return given(act, "appellant") == speaker(act) and act.on_behalf_of is None


@guard(needs=("steps", "ruleset"), inputs=True,
       vi="Người khiếu nại đã được nghe, hoặc có giấy không đề nghị được nghe, hoặc vắng mặt sau số lần mời theo quy định.")
def appellant_was_heard(case: Facts, act: Act) -> bool:
    """The appellant was heard, or waived it on paper, or stayed away after as many invitations as the ruleset asks."""
    how = given(act, "attended")
    if how == "absent":
        return times(case, "invite", "accept") >= int(case.ruleset["reminders"])
    return how == "heard" or bool(given(act, "paper"))
