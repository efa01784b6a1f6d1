"""Fractions of a roll, written as a person reads them: `more_than 1/2`, `at_least 2/3`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflows.words import Words, filled, words

_WRITTEN = re.compile(r"(more_than|at_least) ([0-9]{1,3})/([1-9][0-9]{0,2})")
_SAID = {
    True: words(en="more than {part}", vi="quá {part}"),
    False: words(en="at least {part}", vi="ít nhất {part}"),
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of a number of voters, in whole numbers: either more than it, or at least it."""

    more: bool
    part: int
    of: int

    @classmethod
    def read(cls, text: str) -> Threshold:
        """`"more_than 1/2"`. Raises ValueError where it is written otherwise, or where nobody or everybody reaches it."""
        match = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(f"“{text}” is not a threshold; write more_than or at_least and a fraction, for example at_least 2/3")
        found = cls(match[1] == "more_than", int(match[2]), int(match[3]))
        if found.part > found.of or (found.more and found.part == found.of):
            raise ValueError(f"“{text}” can be reached by nobody")
        if not found.part and not found.more:
            raise ValueError(f"“{text}” is reached by no vote at all")
        return found

    def reached(self, votes: int, base: int) -> bool:
        """Whether so many votes of so many reach it. Of nobody, nothing is reached."""
        if base <= 0:
            return False
        return votes * self.of > base * self.part if self.more else votes * self.of >= base * self.part

    def needed(self, base: int) -> int:
        """The least number of votes that reaches it, of `base`."""
        whole, rest = divmod(base * self.part, self.of)
        return whole + (1 if self.more or rest else 0)

    def say(self) -> Words:
        """In words: “more than 1/2”."""
        return filled(_SAID[self.more], part=f"{self.part}/{self.of}")


def read_quorum(text: str) -> Threshold | None:
    """A threshold, or None for `"none"`. Raises ValueError."""
    return None if text == "none" else Threshold.read(text)
