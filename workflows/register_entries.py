"""What a register that is taken in again may add to a case: where a row of it has changed, its correction, with its day, and nothing overwritten."""

from __future__ import annotations

from workflows.definition import ANY, Transition
from workflows.entries import ENTRIES
from workflows.inputs import HANDLERS, Klass, Many, Text
from workflows.roles import Role
from workflows.words import words

CORRECT_ROW = Transition(
    trigger="correct_row", label=words(en="Corrected in the register", vi="Sổ gốc được đính chính"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
    inputs=(Many(name="changes", label=words(en="What changed", vi="Nội dung thay đổi"), at_most=1000, klass=Klass.SENSITIVE, readers=HANDLERS, of=(
        Text(name="column", label=words(en="Column", vi="Cột"), at_most=400),
        Text(name="was", label=words(en="Was", vi="Trước đây"), required=False, at_most=40_000, klass=Klass.SENSITIVE, readers=HANDLERS),
        Text(name="now", label=words(en="Is", vi="Nay là"), required=False, at_most=40_000, klass=Klass.SENSITIVE, readers=HANDLERS))),),
    help=words(en="The register was taken in again, and a row of it says something else than before.",
               vi="Sổ được nhập lại và một dòng có nội dung khác trước."))
"""Nobody acts so by hand: the import records it."""

REGISTER_ENTRIES = (*ENTRIES, CORRECT_ROW)
