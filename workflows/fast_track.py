"""What the workflows of the fast track share: the one click to the full procedure, and who reads what two people say to each other."""

from __future__ import annotations

from workflows import guards as g
from workflows.definition import Transition
from workflows.effects import Open, StopClock
from workflows.inputs import Klass, Text
from workflows.roles import Role
from workflows.words import words

BETWEEN_TWO = (Role.DIRECT_SUPERIOR, Role.RESPONDENT, Role.COMPANION)
"""The direct superior, and the person with whoever stands by them: nobody above, and no auditor."""


def make_formal(source: tuple[str, ...], who: tuple[Role, ...]) -> Transition:
    """The full procedure, by one click of anyone it concerns. It takes over what the matter is about and nothing that was answered:
    what somebody said on the fast track does not count against them there. Neither their superior nor a party conducts it."""
    return Transition(
        trigger="make_formal", label=words(en="Turn into an inspection", vi="Chuyển thành kiểm tra"), source=source, dest="made_formal", who=who,
        guards=(g.appeal_body_and_contact_are_named,), unasked=True,
        effects=(StopClock(), Open("inspection", "register", copy=(("=handover", "source"), ("what", "what")), guarded=False)),
        help=words(en="Only what it is about is taken over. What was said and answered here stays here and does not count there.",
                   vi="Chỉ chuyển nội dung vụ việc. Những gì đã trao đổi, trả lời ở đây được giữ lại và không được tính đến ở thủ tục sau."))


def between_two(name: str, en: str, vi: str, *, required: bool = True, at_most: int = 4000) -> Text:
    """Words that the superior and the person alone read."""
    return Text(name=name, label=words(en=en, vi=vi), required=required, at_least=3, at_most=at_most, lines=True, klass=Klass.SENSITIVE,
                readers=BETWEEN_TWO)
