"""The lives that matters of a demonstration lead: which step on which day after the first.

A step with a prefix belongs to a case that was opened on the way: `r` the responsibility, `s` and `t` the actions that
the inspection and the responsibility opened, `m` the responsibility that went to the right office, `i` the inspection
made of a shortcoming, `c` a concern, `j` the inspection that follows it up, `w` the testimony of a witness.
"""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """One step: the day after the first on which it is taken, the case it belongs to, what is done."""

    day: int
    case: str
    verb: str


def _life(*parts: str) -> tuple[Step, ...]:
    steps = []
    for text in "; ".join(parts).split("; "):
        day, _, verb = text.partition(" ")
        case, _, verb = verb.rpartition(".")
        steps.append(Step(int(day), case, verb))
    return tuple(steps)


_PROPOSED = "0 register; 3 assess; 6 propose"
_LAUNCHED = _PROPOSED + "; 10 issue; 14 launch"
_HEARD = _LAUNCHED + "; 20 evidence; 27 report"
_SHARED = _HEARD + "; 33 evidence; 36 draft; 38 share_draft"
_CONSULTED = _SHARED + "; 44 comment; 46 consult"
_CONCLUDING = _CONSULTED + "; 50 submit"
_CONCLUDED = _CONCLUDING + "; 57 conclude"
_FOLLOWED = _CONCLUDED + "; 60 follow_up"

INSPECTIONS: dict[str, tuple[Step, ...]] = {
    "registered": _life("0 register"),
    "triage": _life("0 register; 2 assess"),
    "paused_early": _life("0 register; 2 assess; 5 pause"),
    "no_case_proposed": _life("0 register; 2 assess; 5 propose_no_case"),
    "closed_no_case": _life("0 register; 2 assess; 5 propose_no_case; 9 close_no_case"),
    "proposed": _life(_PROPOSED),
    "ordered": _life(_PROPOSED, "10 issue"),
    "notified": _life(_LAUNCHED),
    "reminded": _life(_LAUNCHED, "24 remind"),
    "lapsed": _life(_LAUNCHED, "24 remind", "31 remind", "38 response_lapsed", "40 evidence"),
    "verifying": _life(_HEARD, "30 evidence", "31 note_for_record", "32 w.hear_witness"),
    "paused": _life(_HEARD, "31 pause"),
    "drafted": _life(_HEARD, "33 evidence", "36 draft"),
    "shared": _life(_SHARED),
    "consulted": _life(_CONSULTED),
    "consulted_in_silence": _life(_SHARED, "56 consult"),
    "concluding": _life(_CONCLUDING),
    "returned": _life(
        _CONCLUDING, "53 return", "58 evidence", "62 draft", "64 share_draft", "70 comment", "72 consult", "75 submit"
    ),
    "concluded": _life(_CONCLUDED),
    "followed": _life(_FOLLOWED),
    "watched": _life(_FOLLOWED, "62 grant_access", "78 s.finish"),
    "closed": _life(_FOLLOWED, "75 s.finish", "82 s.check", "95 close"),
    "closed_after_a_pause": _life(
        _LAUNCHED,
        "18 pause",
        "30 resume",
        "33 evidence",
        "38 report",
        "45 draft",
        "47 share_draft",
        "52 comment",
        "54 consult",
        "58 submit",
        "65 conclude",
        "68 follow_up",
        "84 s.finish",
        "90 s.check",
        "104 close",
    ),
    "ended": _life(_HEARD, "34 end_with_reasons"),
    "transferred": _life("0 register; 2 assess; 8 transfer"),
}
"""Lives of inspections, by name."""

_NOTIFIED = "0 hold_responsible; 2 r.notify"
_RECEIVED = _NOTIFIED + "; 5 r.receive"
_CONTESTED = _RECEIVED + "; 8 r.contest"
_SILENT = _NOTIFIED + "; 9 r.remind_automatically; 15 r.remind_automatically; 19 r.answer_lapsed"
_DETERMINED = _RECEIVED + "; 7 r.acknowledge; 14 r.determine"

RESPONSIBILITIES: dict[str, tuple[Step, ...]] = {
    "identified": _life("0 hold_responsible"),
    "notified": _life(_NOTIFIED),
    "received": _life(_RECEIVED),
    "acknowledged": _life(_RECEIVED, "7 r.acknowledge"),
    "reserved": _life(_RECEIVED, "8 r.acknowledge_with_reservation"),
    "contested": _life(_CONTESTED),
    "misdirected": _life(_RECEIVED, "7 r.misdirect"),
    "redirected": _life(_RECEIVED, "7 r.misdirect", "9 m.notify", "12 m.receive"),
    "no_response": _life(_SILENT),
    "escalated": _life(_SILENT, "24 r.escalate_silence"),
    "answered_late": _life(_SILENT, "24 r.escalate_silence", "26 r.receive", "27 r.acknowledge"),
    "determined": _life(_DETERMINED),
    "linked": _life(_DETERMINED, "17 r.link"),
    "closed": _life(_DETERMINED, "17 r.link", "30 t.finish", "34 t.check", "36 r.close"),
    "cleared": _life(_RECEIVED, "8 r.contest"),
    "withdrawn": _life(_CONTESTED, "11 r.escalate", "18 r.determine", "20 r.close"),
}
"""Lives of responsibilities, counted from the day on which they are assigned."""

SHORTCOMINGS: dict[str, tuple[Step, ...]] = {
    "noted": _life("0 note"),
    "done": _life("0 note; 9 finish"),
    "checked": _life("0 note; 10 finish; 14 check"),
    "sent_back": _life("0 note; 9 finish; 12 send_back"),
    "checked_later": _life("0 note; 9 finish; 12 send_back; 19 finish; 22 check"),
    "dropped": _life("0 note; 8 drop"),
    "formal": _life("0 note; 8 make_formal"),
    "formal_assessed": _life("0 note; 9 finish; 13 make_formal; 15 i.assess"),
}
"""Lives of shortcomings on the fast track."""

MATTERS: dict[str, tuple[Step, ...]] = {
    "discipline.decided": _life("0 open_matter; 1 add_evidence; 2 notify; 6 answer; 9 hear; 10 conclude; 11 decide_alone; 12 impose; 14 serve; "
                                "18 take_effect; 48 appeal_lapsed"),
    "discipline.voted": _life("0 open_matter; 1 add_evidence; 2 notify; 6 answer; 8 freeze_roll; 9 hear; 10 conclude; 11 vote; 12 impose; 14 serve; "
                              "18 take_effect; 48 appeal_lapsed"),
    "talk.noted": _life("0 record"),
    "talk.seen": _life("0 record; 2 see"),
    "talk.answered": _life("0 record; 3 answer"),
    "talk.formal": _life("0 record; 4 make_formal"),
    "talk.over": _life("0 record; 2 see; 367 keep_no_longer"),
    "records_check.nothing_found": _life("0 record"),
    "records_check.settled": _life("0 record; 16 settle"),
    "records_check.formal": _life("0 record; 5 make_formal"),
    "rollout.open": _life("0 call; 4 0.answer; 6 1.make_formal"),
    "rollout.ended": _life("0 call; 3 0.answer; 5 1.answer; 30 end"),
    "unit_check.announced": _life("0 announce"),
    "unit_check.own_report": _life("0 announce; 6 hand_in"),
    "unit_check.missing": _life("0 announce; 17 report_lapsed"),
    "unit_check.drafted": _life("0 announce; 6 hand_in; 9 draft"),
    "unit_check.concluded": _life("0 announce; 6 hand_in; 9 draft; 14 conclude"),
    "unit_check.closed": _life("0 announce; 6 hand_in; 9 draft; 14 conclude; 16 close"),
    "unit_check.formal": _life("0 announce; 5 hand_in; 8 make_formal"),
    "minor_matter.noted": _life("0 note"),
    "minor_matter.answered": _life("0 note; 4 answer"),
    "minor_matter.unanswered": _life("0 note; 16 answer_lapsed"),
    "minor_matter.without": _life("0 note; 4 answer; 7 settle_without"),
    "minor_matter.settled": _life("0 note; 4 answer; 7 settle; 27 appeal_lapsed"),
    "minor_matter.appealed": _life("0 note; 4 answer; 7 settle; 11 appeal"),
    "minor_matter.annulled": _life("0 note; 4 answer; 7 settle; 11 appeal; 20 annul"),
    "minor_matter.spent": _life("0 note; 4 answer; 7 settle; 27 appeal_lapsed; 195 spend"),
    "minor_matter.spent_late": _life("0 note; 4 answer; 7 settle; 27 appeal_lapsed; 376 spend"),
    "minor_matter.formal": _life("0 note; 2 make_formal"),
}
"""Lives of matters of other workflows, by workflow and name. A number before a step is a case that the first one opened, by its place."""

_ASSESSED = "0 c.raise_concern; 2 c.assess"
CONCERNS: dict[str, tuple[Step, ...]] = {
    "received": _life("0 c.raise_concern"),
    "assessing": _life(_ASSESSED, "4 c.ask_reporter; 5 c.add_facts"),
    "closed_no_case": _life(_ASSESSED, "6 c.propose_no_case; 9 c.close_no_case"),
    "handed_over": _life(_ASSESSED, "5 c.hand_over"),
    "circle": _life(_ASSESSED, "4 c.entrust_handling; 7 c.follow_up; 9 j.assess; 12 j.propose"),
    "closed": _life(_ASSESSED, "5 c.follow_up; 7 j.assess; 10 j.propose_no_case; 13 j.close_no_case; 15 c.close"),
}
"""Lives of concerns."""
