"""Votes on a sanction: who is on the roll, whether a count adds up, and what came out. The outcome is computed, never typed in.

One ballot carries all forms. A form is reached where its own threshold is; the heaviest that reached it is the outcome. In a deciding vote in
which none did, and where the ruleset says so, votes are added from the heaviest form downwards until a form is reached; a proposal that falls
short is not added up, it goes up with its count. Ballots are secret: there are totals only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from workflows.lines import Line, line, named
from workflows.ruleset_checks import FEWEST_VOTERS
from workflows.thresholds import Threshold, read_quorum
from workflows.words import Words, words

Names = Mapping[str, Words]
NO_NAMES: Names = MappingProxyType({})
RESPONDENT, RECUSED = "respondent", "recused"
"""Marks of a member that every ruleset knows: the matter is about them; they take no part because of a tie."""

_SAY = {
    "roll": words(en="{base} are on the roll; that is what thresholds are counted of.", vi="Danh sách có {base} người; các tỷ lệ tính trên số này."),
    "present": words(en="{base} ballots were issued; that is what thresholds are counted of.",
                     vi="Đã phát {base} phiếu; các tỷ lệ tính trên số này."),
    "recused": words(en="{number} take no part and are still counted.", vi="{number} người không tham gia nhưng vẫn tính vào danh sách."),
    "quorum": words(en="{threshold} of the roll must vote, that is {needed}; {votes} did.",
                    vi="Phải có {threshold} danh sách bỏ phiếu, tức {needed}; đã có {votes}."),
    "no_quorum": words(en="Too few voted, so nothing is reached.", vi="Không đủ người bỏ phiếu nên không hình thức nào được thông qua."),
    "form": words(en="{sanction}: {votes} votes; it needs {threshold} of {base}, that is {needed}.",
                  vi="{sanction}: {votes} phiếu; cần {threshold} của {base}, tức {needed}."),
    "none": words(en="No sanction: {votes} votes; they are added to no form.",
                  vi="Không áp dụng hình thức: {votes} phiếu; không cộng vào hình thức nào."),
    "reached": words(en="{sanction} is reached.", vi="{sanction} đủ số phiếu."),
    "added": words(en="No form reached its threshold, so votes are added from the heaviest form downwards.",
                   vi="Không hình thức nào đủ phiếu nên cộng dồn từ hình thức nặng nhất xuống."),
    "sum": words(en="Down to {sanction}: {votes} votes; it needs {needed}.", vi="Cộng đến {sanction}: {votes} phiếu; cần {needed}."),
    "short": words(en="The proposal is not reached; nothing is added up, it goes up with its count.",
                   vi="Đề nghị không đủ phiếu; không cộng dồn, báo cáo cấp trên kèm kết quả kiểm phiếu."),
    "nothing": words(en="No form is reached.", vi="Không hình thức nào đủ phiếu."),
    "one": words(en="{decider} decides alone, as the ruleset says: {sanction}.", vi="{decider} quyết định theo quy định: {sanction}."),
    "one_none": words(en="{decider} decides alone, as the ruleset says: no sanction.",
                      vi="{decider} quyết định theo quy định: không áp dụng hình thức."),
}
_WRONG = {
    "negative": words(en="A count is never less than nothing.", vi="Số phiếu không thể âm."),
    "issued": words(en="{issued} ballots were issued to {voters} who may vote.", vi="Đã phát {issued} phiếu cho {voters} người được bỏ phiếu."),
    "spoiled": words(en="{issued} ballots were issued; {returned} valid and {spoiled} spoiled are {total}.",
                     vi="Đã phát {issued} phiếu; {returned} hợp lệ và {spoiled} không hợp lệ là {total}."),
    "counts": words(en="{returned} valid ballots came back; the forms and “no sanction” add up to {total}.",
                    vi="Có {returned} phiếu hợp lệ; cộng các hình thức và “không áp dụng” là {total}."),
    "strange": words(en="{sanction} did not stand on the ballot.", vi="{sanction} không có trên phiếu."),
    "no_none": words(en="“No sanction” did not stand on the ballot.", vi="“Không áp dụng hình thức” không có trên phiếu."),
}
_BODY = {
    "few": words(en="{voters} may vote; at least {least} are needed to decide on a sanction.",
                 vi="Có {voters} người được bỏ phiếu; cần ít nhất {least} người để quyết định hình thức."),
    "form": words(en="{sanction} needs {needed} votes of {base}; {voters} may vote.",
                  vi="{sanction} cần {needed} phiếu trên {base}; có {voters} người được bỏ phiếu."),
    "quorum": words(en="{needed} must vote; {voters} may.", vi="Phải có {needed} người bỏ phiếu; có {voters} người được bỏ phiếu."),
    "enough": words(en="{voters} may vote, which is enough for every sanction on the ballot.",
                    vi="Có {voters} người được bỏ phiếu, đủ cho mọi hình thức trên phiếu."),
    "nobody": words(en="Nobody may decide.", vi="Không có ai được quyết định."),
    "up": words(en="The matter is referred up before anybody is heard.", vi="Vụ việc được chuyển cấp trên trước khi tổ chức nghe."),
    "nothing": words(en="No sanction may be decided here for this person.", vi="Ở đây không có hình thức nào áp dụng được cho người này."),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the body on the day the roll is frozen: their marks, and whether they came or are expected."""

    person: str
    marks: frozenset[str] = frozenset()
    present: bool = True


@dataclass(frozen=True, slots=True)
class Roll:
    """The frozen roll: who may vote, who may not and why, and of how many thresholds are counted where that is the roll."""

    entitled: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...] = ()
    base: int = -1

    def __post_init__(self) -> None:
        if self.base < 0:
            object.__setattr__(self, "base", len(self.entitled))

    @property
    def voters(self) -> int:
        return len(self.entitled)


@dataclass(frozen=True, slots=True)
class Ballot:
    """The totals of one ballot: votes by form, votes for no sanction, ballots issued, valid ones that came back, spoiled ones."""

    counts: Mapping[str, int]
    none: int
    issued: int
    returned: int
    spoiled: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out: whether a form is reached, which, whether by adding up, and why, line by line."""

    reached: bool
    sanction: str | None
    accumulated: bool
    lines: tuple[Line, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether a body can decide, and why."""

    ok: bool
    lines: tuple[Line, ...] = field(default=(), compare=False)


def freeze_roll(members: Iterable[Member], values: Mapping[str, Any]) -> Roll:
    """The roll of a body: each member is entitled, or excluded with the one reason that weighs first.

    Not counted are the person concerned (unless `vote.respondent_votes`), whoever bears a mark of `roll.excluded`, and whoever bears one of
    `roll.excluded_if_absent` and does not come. Who is recused does not vote; they are counted all the same unless `vote.recusal_lowers_base`."""
    entitled: list[str] = []
    excluded: list[tuple[str, str]] = []
    still_counted = 0
    for member in members:
        reason = _reason(member, values)
        if reason is None:
            entitled.append(member.person)
            continue
        excluded.append((member.person, reason))
        still_counted += reason == RECUSED and not values["vote.recusal_lowers_base"]
    return Roll(tuple(entitled), tuple(excluded), len(entitled) + still_counted)


def _reason(member: Member, values: Mapping[str, Any]) -> str | None:
    if RESPONDENT in member.marks and not values["vote.respondent_votes"]:
        return RESPONDENT
    away = () if member.present else values["roll.excluded_if_absent"]
    for mark in (*values["roll.excluded"], *away):
        if mark in member.marks:
            return str(mark)
    return RECUSED if RECUSED in member.marks else None


def threshold_of(sanction: str, values: Mapping[str, Any], proposing: bool) -> Threshold:
    """What a form needs in a decision or a proposal. Raises LookupError where the ruleset does not say."""
    key = f"vote.{sanction}.{'propose' if proposing else 'decide'}"
    if key not in values:
        raise LookupError(f"the ruleset has no “{key}”")
    return Threshold.read(values[key])


def defects(ballot: Ballot, roll: Roll, offered: Collection[str] | None = None, values: Mapping[str, Any] = MappingProxyType({}),
            names: Names = NO_NAMES) -> tuple[Line, ...]:
    """What is wrong with a count: it does not add up, or carries what did not stand on the ballot. Empty where it is sound."""
    found = []
    total, marked = ballot.returned + ballot.spoiled, sum(ballot.counts.values()) + ballot.none
    if min(ballot.none, ballot.issued, ballot.returned, ballot.spoiled, *ballot.counts.values()) < 0:
        found.append(line(_WRONG["negative"]))
    if ballot.issued > roll.voters:
        found.append(line(_WRONG["issued"], issued=ballot.issued, voters=roll.voters))
    if ballot.issued != total:
        found.append(line(_WRONG["spoiled"], issued=ballot.issued, returned=ballot.returned, spoiled=ballot.spoiled, total=total))
    if ballot.returned != marked:
        found.append(line(_WRONG["counts"], returned=ballot.returned, total=marked))
    if offered is not None:
        found += [line(_WRONG["strange"], sanction=named(names, "sanction", code)) for code in ballot.counts if code not in offered]
    if ballot.none and not values.get("vote.none_on_ballot", True):
        found.append(line(_WRONG["no_none"], "vote.none_on_ballot"))
    return tuple(found)


def outcome(ballot: Ballot, roll: Roll, ladder: Sequence[str], values: Mapping[str, Any], proposing: bool = False,
            names: Names = NO_NAMES) -> Outcome:
    """What a sound count came to, among the forms of `ladder`, lightest first: those that stood on the ballot.

    Raises ValueError for a count that is not sound, LookupError where the ruleset has no threshold for a form."""
    if wrong := defects(ballot, roll, ladder, values, names):
        raise ValueError(" ".join(one.say("en") for one in wrong))
    of_roll = values["vote.base"] == "roll"
    base = roll.base if of_roll else ballot.issued
    lines = [line(_SAY["roll" if of_roll else "present"], "vote.base", base=base)]
    if of_roll and roll.base > roll.voters:
        lines.append(line(_SAY["recused"], "vote.recusal_lowers_base", number=roll.base - roll.voters))
    quorum = read_quorum(values["vote.quorum"])
    if quorum is not None:
        lines.append(line(_SAY["quorum"], "vote.quorum", threshold=quorum.say(), needed=quorum.needed(roll.base), votes=ballot.issued))
        if not quorum.reached(ballot.issued, roll.base):
            return Outcome(False, None, False, (*lines, line(_SAY["no_quorum"])))
    forms = [(code, ballot.counts.get(code, 0), threshold_of(code, values, proposing)) for code in reversed(ladder)]
    verb = "propose" if proposing else "decide"
    for code, votes, threshold in forms:
        lines.append(line(_SAY["form"], f"vote.{code}.{verb}", sanction=named(names, "sanction", code), votes=votes,
                          threshold=threshold.say(), base=base, needed=threshold.needed(base)))
    if values.get("vote.none_on_ballot", True):
        lines.append(line(_SAY["none"], "vote.none_on_ballot", votes=ballot.none))
    for code, votes, threshold in forms:
        if threshold.reached(votes, base):
            return Outcome(True, code, False, (*lines, line(_SAY["reached"], sanction=named(names, "sanction", code))))
    if proposing:
        return Outcome(False, None, False, (*lines, line(_SAY["short"], "vote.accumulate")))
    if values["vote.accumulate"]:
        lines.append(line(_SAY["added"], "vote.accumulate"))
        together = 0
        for code, votes, threshold in forms:
            together += votes
            sanction = named(names, "sanction", code)
            lines.append(line(_SAY["sum"], f"vote.{code}.{verb}", sanction=sanction, votes=together, needed=threshold.needed(base)))
            if threshold.reached(together, base):
                return Outcome(True, code, True, (*lines, line(_SAY["reached"], sanction=sanction)))
    return Outcome(False, None, False, (*lines, line(_SAY["nothing"])))


def decided_by_one(sanction: str | None, ladder: Sequence[str], decider: str | Words, names: Names = NO_NAMES) -> Outcome:
    """The choice of the one who decides, None for no sanction. Raises ValueError for a sanction that is not offered."""
    if sanction is not None and sanction not in ladder:
        raise ValueError(f"“{sanction}” may not be decided here; possible: {', '.join(ladder) or 'nothing'}")
    if sanction is None:
        return Outcome(False, None, False, (line(_SAY["one_none"], "decision.rule", decider=decider),))
    return Outcome(True, sanction, False, (line(_SAY["one"], "decision.rule", decider=decider, sanction=named(names, "sanction", sanction)),))


def body_can_decide(roll: Roll, offered: Sequence[str], values: Mapping[str, Any], proposing: bool = False, names: Names = NO_NAMES) -> Ability:
    """Whether a body whose roll is frozen could reach every sanction on its ballot, with at least five voters; otherwise the matter is referred up
    before a hearing. Where one person decides, one is enough."""
    found: list[Line] = []
    if not offered:
        found.append(line(_BODY["nothing"]))
    if values["decision.rule"] == "one":
        found += [] if roll.voters else [line(_BODY["nobody"], "decision.rule")]
    else:
        least = max(FEWEST_VOTERS, int(values["vote.at_least_voters"]))
        base = roll.base if values["vote.base"] == "roll" else roll.voters
        if roll.voters < least:
            found.append(line(_BODY["few"], "vote.at_least_voters", voters=roll.voters, least=least))
        quorum = read_quorum(values["vote.quorum"])
        if quorum is not None and not quorum.reached(roll.voters, roll.base):
            found.append(line(_BODY["quorum"], "vote.quorum", needed=quorum.needed(roll.base), voters=roll.voters))
        for code in offered:
            threshold = threshold_of(code, values, proposing)
            if not threshold.reached(roll.voters, base):
                found.append(line(_BODY["form"], f"vote.{code}.{'propose' if proposing else 'decide'}", sanction=named(names, "sanction", code),
                                  needed=threshold.needed(base), base=base, voters=roll.voters))
    if found:
        return Ability(False, (*found, line(_BODY["up"])))
    return Ability(True, (line(_BODY["enough"], voters=roll.voters),))
