"""For every guard of the acts by which content is held or goes, and papers are drawn, what it may be shown."""

from __future__ import annotations

from typing import Any

from tests.workflows.guard_cases import Case
from tests.workflows.samples import KEPT
from workflows.acts import CaseFact, FieldFact, ProposalFact

WHOLE = ProposalFact("propose_disposal", frozenset({"bert", "berta"}), "bert")
SOME = ProposalFact("propose_erasure", frozenset({"cleo"}), "cleo", ((1, "data.note", None),), "asked")
FIELDS = {(1, "data.note"): FieldFact("n", "words", True), (1, "data.day"): FieldFact("d", "2026-01-01", False),
          (2, "data.rows.1"): FieldFact("r", {"what": "words", "day": "2026-01-01"}, True, frozenset({"what"}))}
OPEN = CaseFact("s", 1, "w", False, False)
ENDED = CaseFact("s", 1, "w", False, True)


def kept(**changed: Any) -> dict[str, Any]:
    """A case as it is kept, with what a test is about."""
    return {"keeping": KEPT._replace(**changed)}


def pieces(*named: tuple[int, str], instead: str | None = None) -> dict[str, Any]:
    return {"pieces": [{"seq": seq, "field": name} | ({"instead": instead} if instead else {}) for seq, name in named]}


WAITS = {"trigger": "propose_erasure"}
RETENTION: dict[str, tuple[list[Case], list[Case]]] = {
    "paper_is_drawn_here": ([Case(act={"stored_as": "ab" * 32})], [Case(data={"sha256": "ab" * 32}), Case()]),
    "no_hold_stands": ([Case(kept()), Case(kept(is_due=True))], [Case(kept(held=True))]),
    "a_hold_stands": ([Case(kept(held=True))], [Case(kept())]),
    "actor_is_not_concerned": ([Case({"parts": frozenset({"chair"})})], [Case({"parts": frozenset({"chair", "respondent"})})]),
    "no_proposal_waits": ([Case(kept())], [Case(kept(proposal=SOME))]),
    "a_proposal_waits": ([Case(kept(proposal=SOME), args=WAITS)], [Case(kept(), args=WAITS), Case(kept(proposal=WHOLE), args=WAITS)]),
    "some_proposal_waits": ([Case(kept(proposal=WHOLE))], [Case(kept())]),
    "another_person_proposed": ([Case(kept(proposal=SOME)), Case(kept(proposal=WHOLE, is_due=True))],
                                [Case(kept()), Case(kept(proposal=WHOLE._replace(people=frozenset({"bert", "anna"})))),
                                 Case(kept(proposal=WHOLE), act={"recorded_for": "berta"})]),
    "retention_is_over": ([Case(kept(is_due=True))], [Case(kept())]),
    "case_is_not_disposed": ([Case(kept())], [Case(kept(disposed=True))]),
    "pieces_can_be_erased": (
        [Case({"fields": FIELDS}, pieces((1, "data.note"), instead="other words")),
         Case({"fields": FIELDS}, pieces((1, "data.note"), (2, "data.rows.1.what"))), Case({"fields": FIELDS}, pieces((2, "data.rows.1")))],
        [Case({"fields": FIELDS}, pieces(piece)) for piece in ((1, "data.day"), (3, "data.note"), (2, "data.rows.1.day"), (2, "data.rows.1.no"))]
        + [Case({"fields": FIELDS}, pieces((1, "data.note"), (1, "data.note"))),
           Case({"fields": FIELDS}, pieces((2, "data.rows.1"), (2, "data.rows.1.what")))]),
    "case_under_way_keeps_its_words": (
        [Case({"case": OPEN}, pieces((1, "data.note"), instead="other words")), Case({"case": OPEN}, pieces((0, "title"))),
         Case({"case": ENDED}, pieces((1, "data.note")))],
        [Case({"case": OPEN}, pieces((1, "data.note")))]),
}
