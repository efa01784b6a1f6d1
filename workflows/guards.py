"""Guards: pure statements about facts and inputs that must hold before an act becomes an event.

The docstring of a guard is its rule, and the inner sentence of a refusal; the outer sentence is what a party reads.
A guard names the facts it needs; nothing else can be read. Its `name` is law: a guard whose meaning changes gets a new
name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from workflows.acts import FACTS, Act, Facts
from workflows.errors import Verdict
from workflows.words import Words, named, words

Literal = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One named guard function: what it needs, whether it looks at the inputs too, and its sentences."""

    name: str
    holds: Callable[..., bool]
    needs: tuple[str, ...]
    looks_at_inputs: bool
    inner: Words
    outer: Words
    parameters: tuple[str, ...]
    separates: bool = False
    """It asks for another person than whoever took an earlier step."""

    def __call__(self, **args: Literal | list[str]) -> Guard:
        """This rule with literal arguments, `another_person_than(trigger="submit")`."""
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in args.items()}
        if sorted(given) != sorted(self.parameters):
            raise ValueError(f"the guard “{self.name}” takes exactly: {', '.join(self.parameters) or 'nothing'}")
        return Guard(self, tuple(sorted(given.items())))


@dataclass(frozen=True, slots=True)
class Guard:
    """A rule with its arguments, as it stands in a transition."""

    rule: Rule
    args: tuple[tuple[str, Literal], ...] = ()

    @property
    def code(self) -> str:
        """The rule's name, with its arguments where it has any."""
        given = ",".join(f"{k}={'|'.join(v) if isinstance(v, tuple) else v}" for k, v in self.args)
        return f"{self.rule.name}({given})" if given else self.rule.name

    def law(self) -> dict[str, Any]:
        return {"guard": self.rule.name, "args": {k: list(v) if isinstance(v, tuple) else v for k, v in self.args}}

    def ask(self, facts: Facts, act: Act, language: str = "en", names: Mapping[str, str] = MappingProxyType({})) -> Verdict:
        """The guard's verdict on this act, its sentences in `language`; `names` says what is called what they speak of."""
        ok = bool(self.rule.holds(facts.only(self.rule.needs), act, **dict(self.args)))
        return self._said(ok, language, names)

    def unasked(self, language: str = "en", names: Mapping[str, str] = MappingProxyType({})) -> Verdict:
        """The guard's sentences without a verdict: it is decided by what is entered."""
        return self._said(None, language, names)

    def _said(self, ok: bool | None, language: str, names: Mapping[str, str]) -> Verdict:
        owner = dict(self.args).get("workflow")
        said = {k: ", ".join(named(names, k, one, owner) for one in (v if isinstance(v, tuple) else (v,))) for k, v in self.args}
        return Verdict(self.code, ok, self.rule.inner.say(language, **said), self.rule.outer.say(language, **said))


GUARDS: dict[str, Rule] = {}
"""The allow-list: every guard there is, by name. TOML workflows choose from it."""


def guard(*, needs: tuple[str, ...] = (), inputs: bool = False, separates: bool = False, vi: str,
          outer: Words | None = None) -> Callable[[Callable[..., bool]], Rule]:
    """Declare a guard. The docstring is the English inner sentence, `vi` the Vietnamese; `outer` what a party reads,
    where that differs. `inputs` says that it looks at what is entered too, `separates` that it asks for another person than before."""
    unknown = [name for name in needs if name not in FACTS]
    if unknown:
        raise ValueError(f"no such fact: {', '.join(unknown)}")
    if not inputs and {"drawn_in", "known", "unfit"} & set(needs):
        raise ValueError("a guard that looks at whom an act names looks at the inputs: say so")

    def declare(function: Callable[..., bool]) -> Rule:
        sentence = inspect.cleandoc(function.__doc__ or "")
        inner = words(en=sentence, vi=vi)
        keywords = tuple(p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY)
        name = function.__name__
        if name in GUARDS:
            raise ValueError(f"there are two guards named {name}")
        GUARDS[name] = Rule(name, function, needs, inputs, inner, outer or inner, keywords, separates)
        return GUARDS[name]

    return declare


def given(act: Act, name: str) -> Any:
    """The value of an input, or None."""
    return act.data.get(name)


def speaker(act: Act) -> str:
    """Whose word this act is: the person it is recorded for, or on whose behalf, or the actor."""
    return act.recorded_for or act.on_behalf_of or act.actor.id


def persons_in(value: Any) -> list[str]:
    """Persons named in an input: one identifier, or the `person` column of rows."""
    if isinstance(value, list):
        return [str(row["person"]) for row in value if isinstance(row, dict) and row.get("person")]
    return [str(value)] if value else []


# For every workflow ---------------------------------------------------------------------------------------------------


@guard(needs=("setup",),
       vi="Phải chỉ định cấp giải quyết khiếu nại và đầu mối tiếp nhận phản ánh về tuyến của người chủ trì trong trang "
          "Thiết lập trước khi mở vụ việc chính thức.")
def appeal_body_and_contact_are_named(case: Facts, act: Act) -> bool:
    """Before a formal case opens, the set-up must name the appeal body and the contact for concerns about the chair's line."""
    return bool(case.setup["appeal_body"] and case.setup["concerns_contact"])




@guard(needs=("case",), vi="Vụ việc không đang tạm dừng.")
def case_is_not_paused(case: Facts, act: Act) -> bool:
    """The case is not paused."""
    return not case.case.paused


@guard(needs=("case",), vi="Vụ việc đang tạm dừng.")
def case_is_paused(case: Facts, act: Act) -> bool:
    """The case is paused."""
    return bool(case.case.paused)


@guard(inputs=True, vi="Việc ghi lại sau ngày xảy ra phải nêu giấy tờ làm căn cứ.")
def late_entry_names_its_paper(case: Facts, act: Act) -> bool:
    """What is entered after its day names the paper it comes from."""
    return not act.late or bool(given(act, "paper"))


@guard(needs=("ties",), vi="Người thực hiện không có quan hệ hoặc xung đột lợi ích trong vụ việc.",
       outer=words(en="This act needs another person.", vi="Việc này cần người khác thực hiện."))
def actor_has_no_tie(case: Facts, act: Act) -> bool:
    """The person acting has no close tie or conflict in this case."""
    return act.actor.id not in case.ties and speaker(act) not in case.ties


@guard(needs=("steps",), separates=True, vi="Bước này phải do người khác với người đã thực hiện “{trigger}”.")
def another_person_than(case: Facts, act: Act, *, trigger: str) -> bool:
    """Another person than the one who did “{trigger}” takes this step."""
    return all(step.actor != speaker(act) for step in case.steps if step.trigger == trigger)


@guard(needs=("steps",), vi="Trước đó phải có bước “{trigger}”.")
def came_before(case: Facts, act: Act, *, trigger: str) -> bool:
    """The step “{trigger}” was taken before."""
    return any(step.trigger == trigger for step in case.steps)


@guard(needs=("steps",), vi="Bước “{trigger}” chưa được thực hiện.")
def not_yet_done(case: Facts, act: Act, *, trigger: str) -> bool:
    """The step “{trigger}” was not taken yet."""
    return all(step.trigger != trigger for step in case.steps)


@guard(needs=("parent",), vi="Vụ việc chính “{workflow}” đã được mở.")
def parent_is(case: Facts, act: Act, *, workflow: str) -> bool:
    """The matter this belongs to, “{workflow}”, was opened."""
    return case.parent is not None and case.parent.workflow == workflow and bool(case.parent.state)


@guard(needs=("strands",), vi="Nhánh “{workflow}” đang ở một trong các trạng thái: {states}.")
def strand_stands(case: Facts, act: Act, *, workflow: str, states: tuple[str, ...]) -> bool:
    """The strand “{workflow}” stands in one of: {states}."""
    return workflow in case.strands and case.strands[workflow].state in states


@guard(needs=("strands",), vi="Nhánh “{workflow}” chưa được mở.")
def strand_is_not_open(case: Facts, act: Act, *, workflow: str) -> bool:
    """The strand “{workflow}” was not opened yet."""
    return workflow not in case.strands


@guard(needs=("known", "drawn_in"), inputs=True, vi="Những người được nêu đều có trong tổ chức.")
def people_named_are_known(case: Facts, act: Act) -> bool:
    """Everyone named is known to the organisation."""
    return all(person in case.known for person in case.drawn_in)


@guard(needs=("children",),
       vi="Mỗi vụ việc mở ra từ đây đều đã có người chịu trách nhiệm và thời hạn, hoặc đã kết thúc.")
def children_are_settled(case: Facts, act: Act) -> bool:
    """Every matter opened from here has an owner and a date, or is finished."""
    return all(child.settled or child.is_final for child in case.children)


# Inspection -----------------------------------------------------------------------------------------------------------


@guard(needs=("jurisdiction", "unit"), vi="Đơn vị thuộc phạm vi của cơ quan kiểm tra.")
def unit_is_in_jurisdiction(case: Facts, act: Act) -> bool:
    """The unit lies within what this inspection body may inspect."""
    return case.unit is None or case.unit in case.jurisdiction


@guard(needs=("said",), vi="Nguồn của vụ việc đã được phân loại.")
def source_is_classified(case: Facts, act: Act) -> bool:
    """The source of the matter is classified."""
    return bool(case.said.get("source"))


@guard(needs=("steps",), separates=True, vi="Cán bộ đã đề xuất kết thúc không lập vụ việc, và người quyết định là người khác.")
def someone_else_proposed_no_case(case: Facts, act: Act) -> bool:
    """An officer proposed that this is no case, and another person decides."""
    proposed = [step.actor for step in case.steps if step.trigger == "propose_no_case"]
    return bool(proposed) and proposed[-1] != speaker(act)


@guard(needs=("ruleset",), inputs=True,
       vi="Đoàn có số người theo quy định, gồm trưởng đoàn, không ai được nêu hai lần.")
def team_has_the_right_size(case: Facts, act: Act) -> bool:
    """The team, its leader included, has as many people as the ruleset asks, and nobody is named twice."""
    team = [*persons_in(given(act, "team_lead")), *persons_in(given(act, "team"))]
    return len(team) == len(set(team)) and case.ruleset["team.at_least"] <= len(team) <= case.ruleset["team.at_most"]


@guard(inputs=True, vi="Mọi thành viên đoàn đều đã khai không có xung đột lợi ích.")
def declarations_are_clean(case: Facts, act: Act) -> bool:
    """Every member of the team declared to be free of conflicts."""
    return all(row.get("declared") == "clean" for row in given(act, "team") or ()) and given(act,
                                                                                             "lead_declared") == "clean"


@guard(needs=("ties", "unfit", "drawn_in"), inputs=True, vi="Không ai được cử có quan hệ hoặc xung đột lợi ích trong vụ việc.",
       outer=words(en="One of the people named cannot take part.",
                   vi="Một trong những người được nêu không thể tham gia."))
def nobody_named_has_a_tie(case: Facts, act: Act) -> bool:
    """Nobody appointed has a close tie or conflict in this case."""
    return not (case.ties & case.drawn_in or case.unfit)


@guard(inputs=True, vi="Ngày bắt đầu không sau ngày kết thúc.")
def period_is_in_order(case: Facts, act: Act) -> bool:
    """The period begins before it ends."""
    return str(given(act, "period_from")) <= str(given(act, "period_to"))


@guard(needs=("offices",), inputs=True, vi="Chức vụ được nêu đang có người giữ hoặc người phụ trách thay.")
def office_has_a_holder(case: Facts, act: Act) -> bool:
    """The office named has a holder, or someone who acts for them."""
    office = case.offices.get(given(act, "office"))
    return office is not None and bool(office.holder_now or office.acting_now)


@guard(needs=("steps", "ruleset"), vi="Đã nhắc đủ số lần theo quy định và việc nhắc được ghi lại.")
def reminders_were_recorded(case: Facts, act: Act) -> bool:
    """As many reminders as the ruleset asks were sent and recorded."""
    return bool(sum(step.trigger == "remind" for step in case.steps) >= int(case.ruleset["reminders"]))


@guard(needs=("evidence",), inputs=True, vi="Mỗi phát hiện đều dẫn chứng cứ còn hiệu lực trong vụ việc.")
def findings_cite_evidence(case: Facts, act: Act) -> bool:
    """Every finding cites evidence that stands in this case."""
    rows = given(act, "findings") or []
    return all(row.get("evidence") and set(row["evidence"]) <= set(case.evidence) for row in rows)


@guard(needs=("today",), inputs=True, vi="Không ngày nào của các phát hiện nằm trong tương lai.")
def findings_lie_in_the_past(case: Facts, act: Act) -> bool:
    """No finding speaks of a day to come."""
    return all(row["committed_on"] <= case.today.isoformat() for row in given(act, "findings") or [])


@guard(needs=("steps", "clocks", "now"), vi="Bên liên quan đã có ý kiến về dự thảo, hoặc đã hết thời hạn góp ý.")
def reply_is_in_or_its_time_is_over(case: Facts, act: Act) -> bool:
    """The reply to the draft is in, or its time is over."""
    since = [step.trigger for step in case.steps]
    since = since[len(since) - since[::-1].index("share_draft"):] if "share_draft" in since else []
    clock = case.clocks.get("comment")
    return "comment" in since or (clock is not None and clock.due_at <= case.now)


@guard(needs=("steps",), inputs=True, vi="Mọi ý kiến khác nhau đều đã được trả lời.")
def disagreement_is_answered(case: Facts, act: Act) -> bool:
    """Every disagreement with the draft is answered."""
    return all(step.trigger != "comment" for step in case.steps) or bool(given(act, "answers"))


@guard(needs=("ruleset",), inputs=True, vi="Số người dự họp đủ theo quy định.")
def quorum_is_met(case: Facts, act: Act) -> bool:
    """Enough of those entitled were present."""
    present, entitled = given(act, "present") or 0, given(act, "entitled") or 0
    return 0 < present <= entitled and present * 1000 >= entitled * int(case.ruleset["quorum.per_mille"])


@guard(needs=("steps",), vi="Bên được kiểm tra đã được nghe, hoặc việc không trả lời sau khi nhắc đã được ghi lại.")
def unit_was_heard(case: Facts, act: Act) -> bool:
    """The inspected side was heard, or its silence after the reminders is recorded."""
    return any(step.trigger in ("report", "comment", "response_lapsed") for step in case.steps)


@guard(needs=("people", "ruleset"), vi="Người kết luận không thuộc đoàn đã kiểm tra.")
def investigators_do_not_decide(case: Facts, act: Act) -> bool:
    """Whoever concludes did not investigate."""
    team = {*case.people.get("team_lead", ()), *case.people.get("team_member", ())}
    return bool(case.ruleset["investigators_may_decide"]) or speaker(act) not in team


# With a day by which something is owed --------------------------------------------------------------------------------


@guard(needs=("today",), inputs=True, vi="Thời hạn nằm ở phía trước.")
def due_is_ahead(case: Facts, act: Act) -> bool:
    """The day by which it is owed lies ahead."""
    due = given(act, "due")
    return due is None or str(due) >= case.today.isoformat() or act.late


# Corrective action ----------------------------------------------------------------------------------------------------


@guard(needs=("people",), vi="Người kiểm tra lại không phải là người thực hiện.")
def checker_is_not_the_owner(case: Facts, act: Act) -> bool:
    """Whoever checks the action does not own it."""
    return speaker(act) not in case.people.get("owner", ())


@guard(needs=("steps",), vi="Người kiểm tra lại không phải là người đã báo hoàn thành.")
def checker_did_not_do_it(case: Facts, act: Act) -> bool:
    """Whoever checks the action did not report it done."""
    done = [step.actor for step in case.steps if step.trigger == "finish"]
    return not done or done[-1] not in (speaker(act), act.actor.id)


import workflows.guards_clocks  # noqa: E402
import workflows.guards_fast  # noqa: E402  (the allow-list is whole only with them)
import workflows.responsibility_guards  # noqa: E402, F401
