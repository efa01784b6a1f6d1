"""The texts of papers: lines with named places, read into frozen blocks. Nothing in a text is ever carried out: what it may name is a closed list.

    # {title}                     a title
    ## What was found             a heading
    Words with {places}.          a paragraph; each line is one
    ? Words with {places}.        a paragraph that is left out where one of its places has nothing to say
    - Words                       an item of a list; with `- ? ` one that may be left out
    {rows.findings}               the rows of an input, alone on its line
    {told}                        everything that the act was told and the readers of the paper may read, alone on its line
    ___ 3                         so many lines to write on by hand
    [left | right]                texts side by side: letterheads, signatures; `//` begins a new line in them
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

FACTS: Mapping[str, str] = {
    "house": "the name of the organisation",
    "unit": "the unit that the case is about",
    "body": "the body that decides the case, or the unit on top",
    "title": "what the paper is called under the ruleset of the case",
    "reference": "its number in writing; a preview and a paper without one have a blank",
    "day": "the day of the paper, in words",
    "happened_on": "the day of the act that the paper is of, in words",
    "number": "the number of the case",
    "subject": "the title of the case",
    "procedure": "what the workflow is called",
    "state": "the state that the act led to",
    "ruleset": "what the ruleset is called",
    "act": "what the act is called",
    "done_by": "who acted",
    "made_by": "who draws the paper",
    "appeal_body": "the body to which one may appeal",
    "appeal_within": "how long one may appeal under the ruleset of the case",
    "appeal_until": "the last day of the window to appeal, where it runs",
}
"""What every text may name."""

FAMILIES: Mapping[str, str] = {
    "said": "the newest answer to an input of the case, by then: said.reasons",
    "rows": "the rows of an input, alone on a line: rows.findings",
    "part": "the names of those who play a part in the case: part.respondent",
    "due": "the last day of a time limit of the case: due.reply",
}
"""Places with a name of their own, which is checked against the workflows that the paper is of."""

TOLD = "told"
LONGEST, MOST_LINES, MOST_RULED, MOST_COLUMNS = 40_000, 600, 30, 3


class Kind(StrEnum):
    """What a block is."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    ROWS = "rows"
    TOLD = "told"
    RULED = "ruled"
    SIDES = "sides"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text: of one kind, its words with their places (`sides`: one for each column), whether it may be left out, how many lines
    it rules, and which line of the text it stands on."""

    kind: Kind
    words: tuple[str, ...] = ()
    optional: bool = False
    lines: int = 0
    at: int = 0


class BadText(ValueError):
    """A text cannot be read; the sentence names the line."""


def read_text(text: str) -> tuple[Block, ...]:
    """The blocks of a text. Raises `BadText`."""
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        raise BadText(f"the text is longer than {LONGEST} characters or {MOST_LINES} lines")
    blocks = [_block(line, n) for n, raw in enumerate(text.splitlines(), 1) if (line := raw.strip())]
    for block in blocks:
        for name in places(block):
            _known(name, block)
    return tuple(blocks)


def _block(line: str, n: int) -> Block:
    """The block that a line is."""
    if match := re.fullmatch(r"\{rows\.([a-z][a-z0-9_]*)\}", line):
        return Block(Kind.ROWS, (match[1],), at=n)
    if line == f"{{{TOLD}}}":
        return Block(Kind.TOLD, at=n)
    if match := re.fullmatch(r"___+ ?(\d{0,2})", line):
        lines = int(match[1] or 1)
        if not 1 <= lines <= MOST_RULED:
            raise BadText(f"line {n}: from 1 to {MOST_RULED} lines are ruled at once")
        return Block(Kind.RULED, lines=lines, at=n)
    if line.startswith("[") and line.endswith("]"):
        sides = tuple(side.strip() for side in line[1:-1].split("|"))
        if len(sides) > MOST_COLUMNS:
            raise BadText(f"line {n}: at most {MOST_COLUMNS} texts stand side by side")
        return Block(Kind.SIDES, sides, at=n)
    for mark, kind in (("## ", Kind.HEADING), ("# ", Kind.TITLE), ("- ", Kind.ITEM)):
        if line.startswith(mark):
            words = line.removeprefix(mark).strip()
            optional = kind is Kind.ITEM and words.startswith("? ")
            return Block(kind, (words.removeprefix("? ") if optional else words,), optional, at=n)
    return Block(Kind.TEXT, (line.removeprefix("? "),), line.startswith("? "), at=n)


def places(block: Block) -> Iterator[str]:
    """The places that the words of a block name. Raises `BadText` for braces that enclose no name, or more than one."""
    if block.kind is Kind.ROWS:
        yield f"rows.{block.words[0]}"
        return
    for words in block.words:
        try:
            parts = list(Formatter().parse(words))
        except ValueError as error:
            raise BadText(f"line {block.at}: {error}; a brace that is meant is written twice") from None
        for _, name, how, conversion in parts:
            if name is None:
                continue
            if how or conversion or not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?", name):
                raise BadText(f"line {block.at}: “{name}” is no place; a place is one name in braces")
            yield name


def _known(name: str, block: Block) -> None:
    family, dot, _ = name.partition(".")
    if dot and family in FAMILIES and (family != "rows" or block.kind is Kind.ROWS):
        return
    if not dot and name in FACTS:
        return
    if name == TOLD or family == "rows":
        raise BadText(f"line {block.at}: {{{name}}} stands alone on its line")
    raise BadText(f"line {block.at}: there is no place “{name}”; there are: {', '.join(FACTS)}, and {', '.join(f'{one}.…' for one in FAMILIES)}")


def pieces(words: str) -> Iterator[tuple[str, str | None]]:
    """(words, place that follows them) of a text that was read; None at its end."""
    for literal, name, _, _ in Formatter().parse(words):
        yield literal, name


__all__ = ["FACTS", "FAMILIES", "BadText", "Block", "Kind", "pieces", "places", "read_text"]
