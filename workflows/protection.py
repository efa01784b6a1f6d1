"""Whoever spoke is asked how they are after 30, 90 and 180 days, also where the matter has ended; their silence is recorded and means nothing.

A head who reports what went wrong in their own unit spoke too. Who reports often is asked once at a time: a shortcoming that is noted while questions
run adds none. Protected they are from each on."""

from __future__ import annotations

import workflows.computed_own  # noqa: F401  (the table of computations is whole only with it)
from workflows.definition import ANY, Transition
from workflows.effects import Appoint, Serve, StartClock, StopClock
from workflows.inputs import HANDLERS, Choice, Computed, Klass, Text
from workflows.roles import Role
from workflows.words import Words, words

TESTIMONY = "testimony"
"""The workflow by which a witness is protected."""
OWN_REPORTS = ("shortcoming", "corrective_action")
"""The workflows in which a unit reports what went wrong in it."""
AFTER = ("check_in_30", "check_in_90", "check_in_180")
ASKS, ANSWERS, SILENCE = "check_in", "answer_check_in", "check_in_unanswered"


def check_ins(*, silent: bool = False) -> tuple[StartClock, ...]:
    """The three questions, from the moment on which somebody spoke. Silent ones are no limit of the matter that they stand in."""
    return tuple(StartClock(name, then=ASKS, silent=silent) for name in AFTER)


def how_are_you(who: Role, readers: tuple[Role, ...], since: Words, *, silent: bool = False) -> tuple[Transition, ...]:
    """The entries by which the system asks, the person answers, and their silence is recorded. `since` is what they did, as the question says it."""
    return (
        Transition(trigger=ASKS, label=words(en="How are you?", vi="Hỏi thăm"), source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
                   effects=(Serve(who, "check_in"), StartClock("check_in_answer", then=SILENCE, silent=silent))),
        Transition(trigger=ANSWERS, label=words(en="Say how you are", vi="Trả lời hỏi thăm"), source=ANY, dest=ANY, while_paused=True, who=(who,),
                   inputs=(Choice(name="how", label=since, klass=Klass.SENSITIVE, readers=readers, options=(
                               ("well", words(en="nothing has changed for me", vi="không có gì thay đổi với tôi")),
                               ("worried", words(en="I am worried", vi="tôi lo ngại")),
                               ("worse", words(en="I am treated worse", vi="tôi bị đối xử xấu hơn")))),
                           Text(name="words", label=words(en="In your words", vi="Cụ thể"), required=False, at_most=4000, lines=True,
                                klass=Klass.SENSITIVE, readers=readers)),
                   effects=(StopClock("check_in_answer"),)),
        Transition(trigger=SILENCE, label=words(en="No answer came", vi="Không có trả lời"), source=ANY, dest=ANY, while_paused=True,
                   who=(Role.SYSTEM,)),
    )


_SEEN_BY = (*HANDLERS, Role.UNIT_LEAD, Role.OWNER, Role.PROTECTED)
REPORTED_BY = "reported_by"
OWN_REPORT = (
    Computed(name=REPORTED_BY, of="own.reporter", label=words(en="Reported by the unit itself", vi="Đơn vị tự báo cáo"), klass=Klass.PERSONAL,
             readers=_SEEN_BY),
    Computed(name="ask_30", of="own.ask_30", label=words(en="First question how they are", vi="Hỏi thăm lần một"), readers=_SEEN_BY),
    Computed(name="ask_90", of="own.ask_90", label=words(en="Second question how they are", vi="Hỏi thăm lần hai"), readers=_SEEN_BY),
    Computed(name="ask_180", of="own.ask_180", label=words(en="Third question how they are", vi="Hỏi thăm lần ba"), readers=_SEEN_BY),
)
"""What is kept with a shortcoming that the unit reported itself: who did, and, where no questions run for them, when they are asked how they are."""
PROTECT_REPORTER = (Appoint(Role.PROTECTED, REPORTED_BY),
                    *(StartClock(name, then=ASKS, silent=True, until=name.replace("check_in", "ask")) for name in AFTER))
"""Nobody is appointed, and no limit runs, where nothing was worked out."""
HOW_IS_THE_HEAD = how_are_you(Role.PROTECTED, (Role.PROTECTED, Role.CHAIR), words(en="Since you reported it", vi="Từ khi tự báo cáo"), silent=True)
"""What they say is read by the chair, and by nobody above them in the unit."""
