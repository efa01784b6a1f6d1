"""Which sanctions there are for somebody, who may impose them, and how often: ladders, competence, one sanction for one act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workflows.lines import Line, line, listed, named
from workflows.votes import NO_NAMES, Ability, Names
from workflows.words import words

_SAY = {
    "then": words(en="At the time of the act: {status}, for whom there is {sanctions}.", vi="Khi vi phạm: {status}; các hình thức: {sanctions}."),
    "now": words(en="Today: {status}, for whom there is {sanctions}.", vi="Hiện nay: {status}; các hình thức: {sanctions}."),
    "level": words(en="{level} may take: {sanctions}.", vi="{level} được áp dụng: {sanctions}."),
    "ballot": words(en="On the ballot: {sanctions}.", vi="Trên phiếu: {sanctions}."),
    "decides": words(en="{level} decides on {sanction}.", vi="{level} được quyết định {sanction}."),
    "proposes": words(en="{level} proposes {sanction} to the body above.", vi="{level} đề nghị cấp trên {sanction}."),
    "neither": words(en="{level} may not take {sanction}; the matter is referred up.",
                     vi="{level} không có thẩm quyền đối với {sanction}; chuyển cấp trên."),
    "beyond": words(en="{level} decides on {sanction} up to: {reach}; this person stands higher, or it is not told where.",
                    vi="{level} được quyết định {sanction} đến: {reach}; người này ở mức cao hơn, hoặc chưa ghi rõ mức."),
    "above": words(en="The task was assigned by a higher body, on which {level} does not decide; the matter is referred up.",
                   vi="Nhiệm vụ do cấp trên giao, {level} không được quyết định; chuyển cấp trên."),
    "before": words(en="{act} was sanctioned before with {sanction}.", vi="{act} đã bị xử lý bằng {sanction}."),
    "free": words(en="None of these acts was sanctioned before.", vi="Chưa hành vi nào trong số này bị xử lý."),
    "again": words(en="The ruleset lets an act be sanctioned again.", vi="Quy định cho phép xử lý lại một hành vi."),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """The sanctions that may stand on the ballot, lightest first, and why."""

    sanctions: tuple[str, ...]
    lines: tuple[Line, ...] = field(default=(), compare=False)


class Imposed(NamedTuple):
    """An earlier sanction: for which act, which, and whether it was annulled since."""

    act: str
    sanction: str
    annulled: bool = False


def ladder_of(status: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The sanctions for a status, lightest first. Raises LookupError for a status the ruleset does not know."""
    key = f"ladder.{status}"
    if key not in values:
        known = ", ".join(sorted(k.removeprefix("ladder.") for k in values if k.startswith("ladder.")))
        raise LookupError(f"the ruleset has no ladder for “{status}”; it has: {known}")
    return tuple(values[key])


def on_the_ballot(then: str, now: str, values: Mapping[str, Any], level: str | None = None, *, proposing: bool = False, organisation: bool = False,
                  names: Names = NO_NAMES) -> Offered:
    """The sanctions that stand on the ladder of the status at the act and of the status now; with `level`, only those that its bodies may take:
    decide on, or where they are `proposing`, propose too. Raises LookupError for a status or level the ruleset does not know."""
    first, second = ladder_of(then, values), ladder_of(now, values)
    left = tuple(code for code in first if code in second)
    lines = [line(_SAY["then"], f"ladder.{then}", status=named(names, "status", then), sanctions=listed(names, "sanction", first))]
    if now != then:
        lines.append(line(_SAY["now"], f"ladder.{now}", status=named(names, "status", now), sanctions=listed(names, "sanction", second)))
    if level is not None:
        decides, proposes = _powers(level, values, organisation)
        powers = (*decides, *proposes) if proposing else decides
        lines.append(line(_SAY["level"], *_keys(level, organisation), level=named(names, "level", level),
                          sanctions=listed(names, "sanction", tuple(code for code in first if code in powers))))
        left = tuple(code for code in left if code in powers)
    return Offered(left, (*lines, line(_SAY["ballot"], sanctions=listed(names, "sanction", left))))


def _keys(level: str, organisation: bool) -> tuple[str, str]:
    end = "_on_organisations" if organisation else ""
    return f"competence.{level}.decides{end}", f"competence.{level}.proposes{end}"


def _powers(level: str, values: Mapping[str, Any], organisation: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not any(key.startswith(f"competence.{level}.") for key in values):
        raise LookupError(f"the ruleset knows no level “{level}”")
    decides, proposes = _keys(level, organisation)
    return tuple(values.get(decides, ())), tuple(values.get(proposes, ()))


@dataclass(frozen=True, slots=True)
class Competence:
    """What a body of some level may do with a sanction: `decides`, `proposes`, or nothing, and why."""

    may: str
    lines: tuple[Line, ...] = field(default=(), compare=False)


def competence_of(level: str, sanction: str, values: Mapping[str, Any], *, organisation: bool = False, task_from_above: bool = False,
                  standing: Collection[str] = (), names: Names = NO_NAMES) -> Competence:
    """What a body of this level may do with a sanction. For a breach in a task assigned by a higher body it decides only where
    `competence.<level>.tasks_from_above` says so; and where `competence.<level>.up_to.<sanction>` says how far it reaches, only against
    somebody whose `standing`, the codes of their post, title or pay, lies within; above that it proposes, where it proposes anything.
    Raises LookupError for a level the ruleset does not know."""
    decides, proposes = _powers(level, values, organisation)
    of_level = named(names, "level", level)
    tasks = f"competence.{level}.tasks_from_above"
    if task_from_above and not values.get(tasks, False):
        return Competence("", (line(_SAY["above"], tasks, level=of_level),))
    may = "decides" if sanction in decides else "proposes" if sanction in proposes else ""
    reach = f"competence.{level}.up_to.{sanction}"
    if may == "decides" and not organisation and reach in values and not _within(standing, values[reach], values):
        said = line(_SAY["beyond"], reach, level=of_level, sanction=named(names, "sanction", sanction),
                    reach=listed(names, "standing", values[reach]))
        return Competence("proposes" if proposes else "", (said,))
    return Competence(may, (line(_SAY[may or "neither"], *_keys(level, organisation), level=of_level, sanction=named(names, "sanction", sanction)),))


def _within(standing: Collection[str], reach: tuple[str, ...], values: Mapping[str, Any]) -> bool:
    """Whether somebody stands on no scale above where the reach ends there, and on one of those on which it ends."""
    scales = [scale for key, scale in values.items() if key.startswith("standing.")]
    told = [(scale.index(code), scale.index(end)) for scale in scales for end in reach if end in scale for code in standing if code in scale]
    return bool(told) and all(here <= end for here, end in told)


def sanctioned_before(acts: Collection[str], earlier: Iterable[Imposed], values: Mapping[str, Any], names: Names = NO_NAMES) -> Ability:
    """Whether none of these acts was sanctioned before: one sanction for one act. An annulled sanction does not count."""
    if not values["sanction.one_per_matter"]:
        return Ability(True, (line(_SAY["again"], "sanction.one_per_matter"),))
    blocking = [one for one in earlier if one.act in acts and not one.annulled]
    if blocking:
        return Ability(False, tuple(line(_SAY["before"], "sanction.one_per_matter", act=one.act, sanction=named(names, "sanction", one.sanction))
                                    for one in blocking))
    return Ability(True, (line(_SAY["free"], "sanction.one_per_matter"),))
