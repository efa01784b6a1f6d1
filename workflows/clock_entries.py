"""What the system notes of time limits in every case: they are derived again when the calendar changed or nobody could act; and the pair of
acts by which somebody gets more time."""

from __future__ import annotations

from workflows import guards_clocks as g
from workflows.definition import ANY, Transition
from workflows.effects import Extend, Outage, Recount
from workflows.guards import Guard, actor_has_no_tie
from workflows.inputs import PARTIES, Day, Klass, Many, Number, Text
from workflows.roles import Role
from workflows.words import Words, words

MOVED = Many(name="moved", label=words(en="Time limits", vi="Thời hạn"), of=(
    Text(name="clock", label=words(en="Time limit", vi="Thời hạn")),
    Day(name="before", label=words(en="Ended on", vi="Hạn cũ")),
    Day(name="after", label=words(en="Ends on", vi="Hạn mới"))))
"""The limits that got another day, with both days."""

COUNT_ANEW = Transition(
    trigger="count_anew", label=words(en="Time limits counted again: the calendar changed", vi="Tính lại thời hạn: lịch làm việc thay đổi"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
    inputs=(Text(name="calendar", label=words(en="Calendar", vi="Lịch làm việc")),
            Number(name="calendar_version", label=words(en="Its version", vi="Phiên bản")), MOVED),
    effects=(Recount(),))

NOTE_OUTAGE = Transition(
    trigger="note_outage", label=words(en="Nobody could act: time limits end later", vi="Hệ thống gián đoạn: thời hạn được lùi lại"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
    inputs=(Day(name="down_from", label=words(en="From", vi="Từ ngày")), Day(name="down_until", label=words(en="Until", vi="Đến hết ngày")), MOVED),
    effects=(Outage("down_from", "down_until"),))

CLOCK_ENTRIES = (COUNT_ANEW, NOTE_OUTAGE)


def more_time(clock: str, askers: tuple[Role, ...], approvers: tuple[Role, ...], called: Words) -> tuple[Transition, ...]:
    """The acts by which `askers` get more time for a limit, `called` so: by themselves while it is early (`extend_…`), else they ask
    (`ask_extension_…`) and an approver grants it (`grant_extension_…`). Cap, share and number come from the ruleset."""
    until = Day(name="until", label=words(en="Until", vi="Đến hết ngày"))
    reason = Text(name="reason", label=words(en="Why", vi="Lý do"), at_least=3, at_most=2000, lines=True, klass=Klass.PERSONAL, readers=PARTIES)
    within: tuple[Guard, ...] = (g.limit_is_running(clock=clock), g.extension_is_within_the_cap(clock=clock), g.extension_is_not_used_up(clock=clock))

    def called_so(en: str, vi: str) -> Words:
        return words(en=f"{en}: {called.say('en')}", vi=f"{vi}: {called.say('vi')}")

    return (
        Transition(trigger=f"extend_{clock}", label=called_so("Take more time", "Gia hạn"), source=ANY, dest=ANY, who=askers,
                   guards=(g.extension_is_asked_early(clock=clock), *within), inputs=(until, reason), effects=(Extend(clock, "until"),),
                   help=words(en="Early on it takes effect at once.", vi="Khi còn sớm, việc gia hạn có hiệu lực ngay.")),
        Transition(trigger=f"ask_extension_{clock}", label=called_so("Ask for more time", "Đề nghị gia hạn"), source=ANY, dest=ANY, who=askers,
                   guards=within, inputs=(until, reason)),
        Transition(trigger=f"grant_extension_{clock}", label=called_so("Give more time", "Cho gia hạn"), source=ANY, dest=ANY, who=approvers,
                   guards=(actor_has_no_tie, g.extension_has_its_approver(clock=clock), *within), inputs=(until, reason),
                   effects=(Extend(clock, "until"),)),
    )
