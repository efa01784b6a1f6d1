"""Guards of appeals, redress and corrective action: nothing heavier by surprise, nothing refused on an untrue ground, nothing repeated unlearned."""

from __future__ import annotations

from workflows.acts import Act, Facts
from workflows.computed import in_ladder
from workflows.guards import given, guard
from workflows.guards_decision import proven
from workflows.guards_discipline import times


@guard(needs=("said",), inputs=True, vi="Căn cứ không thụ lý là đúng: chỉ nêu quá hạn khi khiếu nại đã quá thời hạn tính từ ngày nhận quyết định.")
def inadmissible_ground_holds(case: Facts, act: Act) -> bool:
    """The ground is true: an appeal is called late only where its time, counted from receipt of the decision, was over."""
    return given(act, "ground") != "late" or bool(case.said.get("late"))


@guard(needs=("bodies",), inputs=True,
       vi="Một người, hoặc một cơ quan trong tổ chức có người giữ chức vụ, được giao giải quyết khiếu nại.")
def appeal_has_its_decider(case: Facts, act: Act) -> bool:
    """One person, or a body inside the house on which someone sits, is named that decides the appeal."""
    alone, code = given(act, "appeal_decider"), given(act, "body")
    if not code:
        return bool(alone)
    body = case.bodies.get(code)
    return not alone and body is not None and body.inside and bool(body.members)


@guard(needs=("said",), vi="Kết quả giữ nguyên hình thức đã quyết định.")
def outcome_is_the_same(case: Facts, act: Act) -> bool:
    """What was decided is the sanction appealed against."""
    return bool(case.said.get("outcome") == case.said.get("sanction_below"))


@guard(needs=("said",), vi="Kết quả là một hình thức khác với hình thức đã quyết định.")
def outcome_is_another(case: Facts, act: Act) -> bool:
    """What was decided is another sanction than the one appealed against."""
    return bool(case.said.get("outcome") != case.said.get("sanction_below"))


@guard(needs=("said", "steps", "ruleset"), vi="Hình thức không nặng hơn; nếu nặng hơn, quy định phải cho phép, và đã thông báo riêng, đã nghe riêng.")
def nothing_heavier_by_surprise(case: Facts, act: Act) -> bool:
    """The sanction is no heavier; or the ruleset allows it, and a separate notice came before the hearing."""
    ladder, outcome, below = in_ladder(case.said, case.ruleset), case.said.get("outcome"), case.said.get("sanction_below")
    if outcome not in ladder or below not in ladder or ladder.index(outcome) <= ladder.index(below):
        return outcome in ladder
    return bool(case.ruleset["appeal.increase"]) and times(case, "notify_increase", "accept") > 0 and times(case, "hear", "notify_increase") > 0


@guard(needs=("said",), inputs=True,
       vi="Việc hủy bỏ có căn cứ: không vi phạm nào được chứng minh, không hình thức nào được thông qua, hết thời hiệu, hoặc sai thủ tục.")
def removal_has_its_ground(case: Facts, act: Act) -> bool:
    """There is a ground to revoke: nothing proven, no sanction reached, the limitation run out, or a defective procedure."""
    nothing = not proven(case.said) or case.said.get("outcome") in ("none", "not_reached")
    return {"no_violation": nothing, "time_barred": bool(case.said.get("barred")), "procedure": True}.get(str(given(act, "defect")), False)


@guard(needs=("said", "ruleset"), vi="Cấp đã giải quyết chưa phải là cấp cuối cùng.")
def a_level_is_left(case: Facts, act: Act) -> bool:
    """The level that answered is not the last instance."""
    return case.said.get("level") not in case.ruleset["appeal.last_instance"]


@guard(needs=("ruleset",), vi="Quy định cho phép giải quyết khiếu nại theo hướng nặng hơn.")
def increase_is_open(case: Facts, act: Act) -> bool:
    """The ruleset lets an appeal end heavier."""
    return bool(case.ruleset["appeal.increase"])


@guard(needs=("said", "steps"), vi="Cơ quan bên ngoài đã quyết định với kết quả “{result}”.")
def outside_result_is(case: Facts, act: Act, *, result: str) -> bool:
    """The body outside decided “{result}”."""
    return case.said.get("result") == result and any(step.trigger == "record_outside_decision" for step in case.steps)


# Redress --------------------------------------------------------------------------------------------------------------


@guard(needs=("said",), vi="Đã hỏi người được phục hồi muốn xin lỗi theo hình thức nào, và đã làm theo ý họ.")
def apology_followed_their_choice(case: Facts, act: Act) -> bool:
    """An apology was offered, and given in the form the person chose, or not at all where they chose none."""
    form = case.said.get("apology_form")
    return form == "none" or (form is not None and case.said.get("apology_given_as") == form)


@guard(needs=("said",), inputs=True, vi="Lời xin lỗi được thực hiện theo hình thức người đó đã chọn.")
def apology_has_the_form_chosen(case: Facts, act: Act) -> bool:
    """The apology has the form the person chose."""
    return bool(given(act, "apology_given_as") == case.said.get("apology_form"))


# Corrective action --------------------------------------------------------------------------------------------------------


@guard(needs=("clocks", "now"), vi="Thời gian theo dõi hiệu quả đã hết.")
def effect_had_its_time(case: Facts, act: Act) -> bool:
    """The time after which the effect is checked is over."""
    clock = case.clocks.get("effectiveness")
    return clock is not None and clock.due_at < (case.now if act.occurred_at is None else act.occurred_at)


@guard(needs=("said",), inputs=True, vi="Nguyên nhân được phân tích lại, khác với lần trước.")
def cause_is_new(case: Facts, act: Act) -> bool:
    """The cause is analysed anew; it is not the sentence of last time."""
    def plain(text: object) -> str:
        return "".join(letter for letter in str(text).casefold() if letter.isalnum())

    return plain(given(act, "cause")) != plain(case.said.get("cause"))


@guard(needs=("said", "steps"), vi="Sau lần thứ ba không hiệu quả, trách nhiệm của người đứng đầu đã được mở.")
def third_failure_reaches_the_head(case: Facts, act: Act) -> bool:
    """After the third failure the responsibility of the head was opened."""
    return int(case.said.get("cycle") or 0) < 3 or times(case, "hold_responsible", "find_ineffective") > 0
