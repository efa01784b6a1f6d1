"""Testimony: somebody was heard as a witness, and is protected for it. Each witness has a case of their own below the matter: they see what is
theirs and nothing of the matter, and nobody of the matter sees that they were heard."""

from __future__ import annotations

from dataclasses import replace

from workflows import guards as g
from workflows import guards_testimony as gt
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Appoint, Serve, Take
from workflows.entries import FOLLOW_SUCCESSOR, NOTE
from workflows.inputs import Day, Klass, Person, Text
from workflows.protection import TESTIMONY, check_ins, how_are_you
from workflows.retention import NO_CASE
from workflows.retention_entries import RETENTION_ENTRIES
from workflows.roles import Role
from workflows.words import words

KEEPERS = (Role.CHAIR, Role.OFFICER, Role.DECIDER)
"""Whoever heard the witness, the chair, and in a closed circle whoever decides there."""
READERS = (*KEEPERS, Role.PROTECTED)
"""The keepers, and the witness themself."""

TESTIMONY_WORKFLOW = Workflow(
    name=TESTIMONY,
    version=1,
    title=words(en="Testimony", vi="Lời chứng"),
    parents=("inspection", "discipline"),
    needs_parent=True,
    apart=True,
    states=(State("protected", words(en="heard, protected", vi="đã nghe, được bảo vệ"), final=True, settled=True, kept=NO_CASE),),
    transitions=(
        Transition(
            trigger="hear_witness", label=words(en="Hear a witness", vi="Nghe người làm chứng"), source=START, dest="protected",
            who=(Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.OFFICER, Role.RECORDER, Role.CHAIR, Role.DECIDER),
            guards=(gt.hearer_conducts_the_matter, g.people_named_are_known, gt.witness_has_no_other_part),
            inputs=(Person(name="person", label=words(en="Witness", vi="Người làm chứng"), klass=Klass.SEALED, readers=READERS),
                    Day(name="heard_on", label=words(en="Heard on", vi="Ngày nghe"), when="past", klass=Klass.SENSITIVE, readers=READERS),
                    Text(name="about", label=words(en="On what they were heard", vi="Nghe về việc gì"), at_least=3, at_most=1000, lines=True,
                         klass=Klass.SENSITIVE, readers=READERS,
                         help=words(en="Short. What they said belongs to the evidence of the matter.",
                                    vi="Ghi ngắn gọn. Nội dung lời chứng thuộc hồ sơ chứng cứ của vụ việc."))),
            effects=(Take(Role.OFFICER), Appoint(Role.PROTECTED, "person"), Serve(Role.PROTECTED, "testimony"), *check_ins(silent=True)),
            help=words(en="Whoever hears them, the chair and the witness know of it, and nobody the matter is about. The witness is asked how they "
                          "are, and another person than those the matter is about, and their line, decides on acts against them.",
                       vi="Người nghe, người chủ trì và người làm chứng biết việc này; người mà vụ việc liên quan đến thì không. Người làm chứng "
                          "được hỏi thăm; việc xử lý người làm chứng do người khác quyết định, không phải người liên quan hoặc tuyến của họ.")),
    ),
    entries=(
        replace(NOTE, who=KEEPERS, inputs=tuple(replace(i, readers=KEEPERS) for i in NOTE.inputs)),
        *how_are_you(Role.PROTECTED, READERS, words(en="Since you were heard", vi="Từ khi được nghe"), silent=True),
        FOLLOW_SUCCESSOR,
        *RETENTION_ENTRIES,
    ),
)
