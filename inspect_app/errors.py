"""What can go wrong at a door, one class for each status of the contract. The docstring says when; the message is for the reader."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors import Invalid, NotNow, NotYours, Problem, Refusal, Refused

__all__ = ["Disposed", "InSitting", "Invalid", "KeyReused", "NotFound", "NotNow", "NotYours", "Problem", "Refusal", "Refused", "SeenRequired",
           "Stale", "Tampered", "TooMany", "Unknown", "Unproven", "Unreadable", "Unsecured"]


class Unknown(Refusal):
    """Nobody has signed in, or the sign-in is over."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else "Sign in first."


class Unavailable(Refusal):
    """The provider of identities does not answer, or answers what it should not."""

    def __str__(self) -> str:
        return "The provider of identities does not answer as it should; try again later, or sign in with a password."


class Unproven(Refusal):
    """What is asked for needs a proof of who one is that is fresh: at most five minutes old."""

    def __str__(self) -> str:
        return "Prove once more who you are: the last proof is more than five minutes old."


class Unsecured(Refusal):
    """Who decides, exports or administers needs a second factor, and this person has none."""

    def __str__(self) -> str:
        return "Set up a second factor first: an app for codes, or a printed sheet of one-time codes. It is under “My account”."


@dataclass
class TooMany(Refusal):
    """There were too many tries, or too many of something else; `wait` is how many seconds to wait."""

    wait: int
    what: str = "tries"

    def __str__(self) -> str:
        return f"Too many {self.what}; try again in {self.wait} seconds."


class NotFound(Refusal):
    """There is no such thing, or the reader may not know of it: the answer is the same."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else "There is no such thing here."


class Disposed(NotFound):
    """The case was disposed of, and whoever asks had known of it: its number, the moment (µs since 1970 UTC), the key of the ruleset."""

    def __init__(self, number: str, at: int, under: str) -> None:
        super().__init__(number, at, under)
        self.number, self.at, self.under = number, at, under

    def __str__(self) -> str:
        return f"Disposed of under {self.under}."


class Unreadable(Refusal):
    """The request cannot be read at all."""


@dataclass
class Stale(Refusal):
    """The case has moved on since it was read."""

    seen: int
    seq: int

    def __str__(self) -> str:
        return f"The case has moved on: you saw event {self.seen}, it is at event {self.seq}. Read it again, then decide."


class SeenRequired(Refusal):
    """A write to a case must say which event was seen."""

    def __str__(self) -> str:
        return "Send If-Match with the case's ETag, so that nothing is decided on an old picture."


class KeyReused(Refusal):
    """The same Idempotency-Key came with another request."""

    def __str__(self) -> str:
        return "This Idempotency-Key was used for another request; take a new one."


@dataclass
class InSitting(Refusal):
    """One act of a sitting was refused, and so none was carried out."""

    act: int
    case: str
    reason: Refusal

    def __str__(self) -> str:
        return f"Act {self.act + 1}: {self.reason}"


class Tampered(Exception):
    """Stored history does not agree with itself."""
