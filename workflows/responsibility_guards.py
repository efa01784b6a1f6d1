"""Guards of the responsibility of heads: who may be held responsible, who answers, who determines, and what silence is."""

from __future__ import annotations

from datetime import date

from workflows.acts import Act, Facts, MatterFact, StepFact
from workflows.guards import given, guard, speaker
from workflows.words import words

DAY = 86_400_000_000
SERVINGS = ("notify", "serve_again")
REMINDERS = ("remind", "remind_automatically")
CLEARED = ("closed_no_case", "ended_with_reasons", "transferred", "cleared", "exempt", "revoked", "annulled")
"""States in which a matter ends here without anything found, or with nothing left of it; one that went elsewhere is asked about there."""


def named(case: Facts, act: Act, name: str) -> object:
    """What the act says, or else what the case said before."""
    return given(act, name) or case.said.get(name)


def member(case: Facts) -> object:
    """The member who answers in a joint responsibility: whoever took over the seat, else the one it named."""
    return case.said.get("holder") or case.said.get("answerer")


def cleared(matter: MatterFact | None) -> bool:
    """Whether a matter ended without a shortcoming."""
    return matter is not None and (matter.state in CLEARED or (matter.settled and matter.result == "no_shortcoming"))


def since_served(steps: tuple[StepFact, ...]) -> tuple[StepFact, ...]:
    """What happened since it was last served on whoever has to answer."""
    last = max((n for n, step in enumerate(steps) if step.trigger in SERVINGS), default=-1)
    return steps[last + 1:]


# To hold someone responsible ------------------------------------------------------------------------------------------


@guard(needs=("offices",), inputs=True,
       vi="Chức vụ được nêu có người giữ: lúc sự việc xảy ra đối với trách nhiệm giám sát, "
          "hiện nay đối với trách nhiệm xử lý.")
def office_has_an_answerer(case: Facts, act: Act) -> bool:
    """The office had a holder: at the time of the matter for oversight, today for handling."""
    office = case.offices.get(given(act, "office"))
    if office is None:
        return False
    return bool(office.holder_then if given(act, "basis") == "oversight" else office.holder_now or office.acting_now)


@guard(needs=("offices",), inputs=True, vi="Chức vụ được nêu thuộc hệ thống đã chọn.")
def office_stands_on_its_line(case: Facts, act: Act) -> bool:
    """The office stands on the line that was chosen."""
    office = case.offices.get(given(act, "office"))
    return office is None or office.line == given(act, "line")


@guard(needs=("superiors",), inputs=True,
       vi="Cấp trên trực tiếp là chức vụ đứng ngay trên một chức vụ của đơn vị, theo hệ thống đã chọn.")
def next_superior_stands_above_the_unit(case: Facts, act: Act) -> bool:
    """The next superior is the office right above one of the unit, along the line that was chosen."""
    return given(act, "level") != "next_superior" or given(act, "office") in case.superiors.get(given(act, "line"), ())


@guard(needs=("offices",), inputs=True, vi="Trách nhiệm liên đới thuộc về một chức vụ có nhiều người giữ.")
def joint_office_has_several_seats(case: Facts, act: Act) -> bool:
    """Joint responsibility is that of an office with several seats."""
    office = case.offices.get(given(act, "office"))
    return given(act, "level") != "joint" or (office is not None and office.seats > 1)


@guard(needs=("offices",), inputs=True, vi="Mỗi trách nhiệm liên đới nêu một thành viên phải trả lời, là người giữ chức vụ đó.")
def joint_names_its_member(case: Facts, act: Act) -> bool:
    """A joint responsibility names the one member who answers in it, a holder of the office."""
    office = case.offices.get(given(act, "office"))
    member = given(act, "answerer")
    if given(act, "level") != "joint":
        return member is None
    return office is not None and member in office.holders


@guard(needs=("bodies", "said"), inputs=True, vi="Nơi kết luận trách nhiệm là một cơ quan trong tổ chức, có người giữ chức vụ.")
def a_body_inside_determines(case: Facts, act: Act) -> bool:
    """Responsibility is determined by a body inside the house on which someone sits."""
    body = case.bodies.get(named(case, act, "determiner"))
    return body is not None and body.inside and bool(body.members)


@guard(needs=("offices", "bodies", "said"), inputs=True,
       vi="Không người nào phải trả lời ngồi trong cơ quan kết luận, lúc sự việc xảy ra hay hiện nay.",
       outer=words(en="Another body has to determine this.", vi="Việc này phải do cơ quan khác kết luận."))
def nobody_determines_their_own(case: Facts, act: Act) -> bool:
    """Nobody who has to answer sits on the body that determines, at the time of the matter or now."""
    office, body = case.offices.get(named(case, act, "office")), case.bodies.get(named(case, act, "determiner"))
    return office is None or body is None or not office.answerers & body.members


@guard(inputs=True, vi="Trách nhiệm giám sát phải nêu ngày của sự việc.")
def oversight_names_the_day(case: Facts, act: Act) -> bool:
    """Oversight responsibility names the day of the matter."""
    return given(act, "basis") != "oversight" or bool(given(act, "matter_on"))


@guard(needs=("matter",), inputs=True, vi="Không xem xét trách nhiệm giám sát về một việc đã kết luận là không có khuyết điểm.")
def matter_was_not_cleared(case: Facts, act: Act) -> bool:
    """Nobody is asked to answer for oversight of a matter that ended cleared."""
    return given(act, "basis") != "oversight" or not cleared(case.matter)


# To answer ------------------------------------------------------------------------------------------------------------


@guard(needs=("said",), vi="Trách nhiệm giám sát do chính người đó trả lời, không ai trả lời thay.")
def oversight_is_answered_in_person(case: Facts, act: Act) -> bool:
    """Oversight responsibility is answered by the person alone; nobody answers for them."""
    return case.said.get("basis") != "oversight" or not act.on_behalf_of


@guard(needs=("said", "offices"), inputs=True, vi="Chức vụ đúng là một chức vụ khác, có người giữ.")
def right_office_is_another(case: Facts, act: Act) -> bool:
    """The right office is another one, and someone holds it, or held it then."""
    office = case.offices.get(given(act, "right_office"))
    if office is None or office.code == case.said.get("office"):
        return False
    return bool(office.holder_then if case.said.get("basis") == "oversight" else office.holder_now or office.acting_now)


@guard(needs=("people",), vi="Người trả lời là người giữ chức vụ phải trả lời.")
def the_head_answers(case: Facts, act: Act) -> bool:
    """The answer comes from whoever has to answer for the office."""
    return speaker(act) in case.people.get("head", ())


@guard(inputs=True, vi="Nếu đã báo cáo trước thì nêu ngày báo cáo và nơi nhận.")
def a_prior_report_has_day_and_receiver(case: Facts, act: Act) -> bool:
    """A prior report is given with its day and with whom it was made to."""
    told = [bool(given(act, name)) for name in ("reported_on", "reported_to")]
    more = [bool(given(act, name)) for name in ("reported_before", "report_reference", "report_evidence")]
    return all(told) or not any((*told, *more))


@guard(needs=("evidence",), inputs=True, vi="Chứng cứ kèm theo là chứng cứ còn hiệu lực trong vụ việc.")
def prior_report_cites_what_stands(case: Facts, act: Act) -> bool:
    """The evidence of a prior report stands in this case."""
    return set(given(act, "report_evidence") or ()) <= set(case.evidence)


@guard(needs=("today",), inputs=True, vi="Báo cáo trước không mang ngày trong tương lai.")
def prior_report_lies_in_the_past(case: Facts, act: Act) -> bool:
    """A prior report bears no day to come."""
    return bool(str(given(act, "reported_on") or "") <= case.today.isoformat())


@guard(inputs=True, vi="Ngày bắt đầu vắng mặt không sau ngày kết thúc, và dài nhất là một năm.")
def absence_is_in_order(case: Facts, act: Act) -> bool:
    """An absence begins before it ends, and lasts a year at most."""
    try:
        since, until = (date.fromisoformat(str(given(act, name))) for name in ("away_from", "away_until"))
    except ValueError:
        return False
    return 0 <= (until - since).days <= 366


@guard(needs=("said",), vi="Trách nhiệm được giao liên đới cho các thành viên của một chức vụ.")
def responsibility_is_joint(case: Facts, act: Act) -> bool:
    """The responsibility is a joint one."""
    return bool(case.said.get("level") == "joint")


@guard(needs=("said",), inputs=True, vi="Ghi chú đến từ thành viên khác cùng chịu trách nhiệm liên đới.")
def note_comes_from_a_fellow_member(case: Facts, act: Act) -> bool:
    """The note comes from another member of the same joint responsibility."""
    same = (case.said.get("level"), case.said.get("office")) == ("joint", given(act, "office"))
    return same and member(case) != given(act, "member")


# Silence, and whoever comes after --------------------------------------------------------------------------------------


@guard(needs=("steps", "ruleset", "now"), vi="Đã nhắc đủ số lần theo quy định, và từ lần nhắc cuối đã qua ít nhất một ngày.")
def reminders_had_their_time(case: Facts, act: Act) -> bool:
    """As many reminders as the ruleset asks were sent, and since the last of them at least a day has gone by."""
    sent = [step.occurred_at for step in since_served(case.steps) if step.trigger in REMINDERS]
    wanted = int(case.ruleset["reminders"])
    return len(sent) >= wanted and (wanted == 0 or sorted(sent)[wanted - 1] + DAY <= int(case.now))


@guard(needs=("said",), vi="Trách nhiệm xử lý chuyển sang người mới giữ chức vụ; trách nhiệm giám sát thì không.")
def handling_passes_on(case: Facts, act: Act) -> bool:
    """Handling passes to whoever holds the office now; oversight stays."""
    return bool(case.said.get("basis") == "handling")


# To determine ---------------------------------------------------------------------------------------------------------


@guard(needs=("said", "matter"), vi="Vụ việc gốc đã được kết luận trước khi xác định trách nhiệm giám sát.")
def underlying_matter_is_decided(case: Facts, act: Act) -> bool:
    """The underlying matter is decided before oversight responsibility is determined."""
    return bool(case.said.get("basis") != "oversight" or case.matter is None or case.matter.settled or case.matter.is_final)


@guard(needs=("said", "matter"), vi="Trách nhiệm giám sát về một việc đã kết luận là không có khuyết điểm được rút lại.")
def oversight_of_what_was_cleared(case: Facts, act: Act) -> bool:
    """Oversight responsibility is withdrawn where the matter ended cleared."""
    return bool(case.said.get("basis") == "oversight") and cleared(case.matter)


@guard(needs=("case", "said"), vi="Trách nhiệm đã kết thúc với kết luận giữ nguyên hoặc giảm nhẹ.")
def responsibility_was_closed(case: Facts, act: Act) -> bool:
    """The responsibility was closed after it was confirmed or reduced."""
    return bool(case.case.state == "closed") and case.said.get("outcome") in ("confirmed", "reduced")


@guard(needs=("people",), vi="Người xác định không phải là người phải trả lời.")
def determiner_is_not_the_head(case: Facts, act: Act) -> bool:
    """Nobody determines a responsibility of their own."""
    return speaker(act) not in case.people.get("head", ())


@guard(needs=("said",), vi="Trách nhiệm được giữ nguyên hoặc giảm nhẹ, chưa bị rút.")
def responsibility_stands(case: Facts, act: Act) -> bool:
    """The responsibility was confirmed or reduced, not withdrawn."""
    return case.said.get("outcome") in ("confirmed", "reduced")


@guard(needs=("said", "people"), inputs=True, vi="Vụ việc riêng là về chính người đã trả lời.")
def own_case_is_about_who_answered(case: Facts, act: Act) -> bool:
    """The matter of their own is about whoever answered here."""
    answered = {*case.people.get("head", ()), case.said.get("answerer")}
    return all(row.get("respondent") in answered for row in given(act, "matters") or ())


@guard(needs=("said", "steps"), vi="Trách nhiệm đã được rút, hoặc đã gắn với việc khắc phục hay vụ việc riêng.")
def withdrawn_or_linked(case: Facts, act: Act) -> bool:
    """The responsibility was withdrawn, or is linked to what is done about it."""
    return case.said.get("outcome") == "withdrawn" or any(step.trigger in ("link", "open_own_case", "open_inspection") for step in case.steps)
