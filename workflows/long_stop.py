"""The long stop: where a matter takes too long, the person concerned gets a written reason, and the auditor finds a line."""

from __future__ import annotations

from typing import NamedTuple

from workflows.definition import ANY, Transition
from workflows.effects import Serve, StartClock, StopClock
from workflows.inputs import PARTIES, Klass, Text
from workflows.roles import Role
from workflows.words import words


class _LongStop(NamedTuple):
    """What the clock does, and what is owed then."""

    passed: Transition
    explain: Transition


LONG_STOP = StartClock("long_stop", then="pass_long_stop", silent=True)
"""Started when the matter opens, and again with each reason that was given."""

long_stop = _LongStop(
    passed=Transition(
        trigger="pass_long_stop", label=words(en="It takes too long", vi="Vụ việc kéo dài"), source=ANY, dest=ANY, while_paused=True,
        who=(Role.SYSTEM,), effects=(StartClock("explain_delay"),)),
    explain=Transition(
        trigger="explain_delay", label=words(en="Tell the person why it takes so long", vi="Thông báo lý do kéo dài"), source=ANY, dest=ANY,
        while_paused=True, who=(Role.CHAIR, Role.DECIDER, Role.OFFICER),
        inputs=(Text(name="delay_reason", label=words(en="Reason, to the person concerned", vi="Lý do, gửi người được xem xét"), at_least=10,
                     at_most=4000, lines=True, klass=Klass.PERSONAL, readers=PARTIES),),
        effects=(Serve(Role.RESPONDENT, "long_stop"), StopClock("explain_delay"), LONG_STOP)),
)
