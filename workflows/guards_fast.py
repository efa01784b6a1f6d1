"""Guards of the fast track: who may note something about whom, and that the lowest measure is all there is."""

from __future__ import annotations

from workflows.acts import Act, Facts
from workflows.guards import given, guard, speaker
from workflows.words import words


@guard(needs=("direct_superiors",), inputs=True, vi="Người ghi là cấp trên trực tiếp của người được nêu.",
       outer=words(en="This is for the direct superior of the person.", vi="Việc này do cấp trên trực tiếp của người đó thực hiện."))
def superior_is_direct(case: Facts, act: Act) -> bool:
    """Whoever notes this is the direct superior of the person named."""
    return speaker(act) in case.direct_superiors.get(given(act, "person"), ())


@guard(inputs=True, vi="Người được nêu là người khác, không phải người ghi.")
def person_is_another(case: Facts, act: Act) -> bool:
    """The person named is another than whoever notes it."""
    return given(act, "person") not in (speaker(act), act.actor.id)


@guard(needs=("ruleset",), inputs=True, vi="Biện pháp nằm trong các mức quy định cho việc nhỏ, và là mức thấp nhất của khung.")
def measure_is_the_lowest(case: Facts, act: Act) -> bool:
    """The measure is one that the ruleset offers for a minor matter, and the lowest rung of a ladder."""
    lowest = {ladder[0] for key, ladder in case.ruleset.items() if key.startswith("ladder.") and ladder}
    return given(act, "rung") in lowest & set(case.ruleset["minor.measures"])


@guard(needs=("steps", "people"), vi="Khiếu nại do người khác giải quyết, không phải người đã ghi hoặc kết luận, cũng không phải đương sự.",
       outer=words(en="This needs another person than whoever noted or settled it.",
                   vi="Việc này cần người khác với người đã ghi hoặc kết luận."))
def another_decides_the_appeal(case: Facts, act: Act) -> bool:
    """The appeal is decided by another than whoever noted or settled the matter, and not by the person concerned."""
    took_part = {step.actor for step in case.steps if step.trigger in ("note", "settle")} | {*case.people.get("respondent", ())}
    return not {speaker(act), act.actor.id} & took_part


@guard(needs=("people",), vi="Bên được kiểm tra không tự kết luận.")
def checked_side_does_not_conclude(case: Facts, act: Act) -> bool:
    """Whoever reports for the side that is checked does not conclude."""
    return not {speaker(act), act.actor.id} & {*case.people.get("respondent", ())}


@guard(needs=("jurisdiction",), inputs=True, vi="Mọi đơn vị được nêu thuộc phạm vi phụ trách.")
def units_named_are_in_jurisdiction(case: Facts, act: Act) -> bool:
    """Every unit named lies within what this person may work on."""
    return all(row.get("unit") in case.jurisdiction for row in given(act, "units") or ())
