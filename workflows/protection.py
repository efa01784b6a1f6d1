"""Whoever spoke is asked how they are after 30, 90 and 180 days, also where the matter has ended; their silence is recorded and means nothing."""

from __future__ import annotations

from workflows.definition import ANY, Transition
from workflows.effects import Serve, StartClock, StopClock
from workflows.inputs import Choice, Klass, Text
from workflows.roles import Role
from workflows.words import Words, words

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
