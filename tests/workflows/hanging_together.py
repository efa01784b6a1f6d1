"""What hangs together on a form: a tally adds up, every allegation is concluded, what is cited is disclosed. Known by what is asked, whatever
workflow asks it; without it no random form would ever pass, and no matter would get far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from workflows.computed import ballot_forms, in_ladder
from workflows.inputs import Input

if TYPE_CHECKING:
    from tests.workflows.filling import Known

MOSTLY = 0.93
"""How often a form is made to hang together: else it stays as chance filled it in."""

Data = dict[str, Any]
Rule = Callable[[Data, Mapping[str, Input], Random, "Known"], None]


def hang_together(data: Data, inputs: Sequence[Input], chance: Random, known: Known) -> Data:
    """The same form, with what hangs together made so, mostly."""
    asked = {i.name: i for i in inputs}
    for names, rule in RULES:
        if all(name in asked for name in names) and chance.random() < MOSTLY:
            rule(data, asked, chance, known)
    return data


def _only_one(one: str, other: str) -> Rule:
    def rule(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
        """Exactly one of two is named."""
        alone = known.values.get("decision.rule") == "one" and chance.random() < 0.6
        kept, left = (one, other) if alone else (other, one)
        data.pop(left, None)
        if kept not in data:
            data[kept] = chance.choice([*known.units, *known.bodies]) if kept == "body" else chance.choice(known.people)

    return rule


def _in_one_place(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """Somebody has one status, and a level decides that decides much."""
    data["status_now"] = data["status_then"]
    levels = [(len(codes), key.split(".")[1]) for key, codes in known.values.items() if key.startswith("competence.") and key.endswith(".decides")]
    data |= {"task": "own"} | ({"level": max(levels)[1]} if levels and chance.random() < 0.7 else {})


def _alleged(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """Acts are alleged, on evidence that is there and is disclosed."""
    for row in data["allegations"]:
        row |= {"kind": "act", "committed_on": (known.today - timedelta(days=chance.randint(20, 200))).isoformat()}
        if known.evidence:
            row["evidence"] = [chance.choice(list(known.evidence))]
    data["disclosed"] = sorted({n for row in data["allegations"] for n in row["evidence"]})
    data.pop("withheld", None)


def _on_the_roll(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """Enough people are on the roll, each once."""
    people = chance.sample(list(known.people), min(len(known.people), chance.randint(7, 12)))
    data["roll"] = [{"person": uid} for uid in people]


def _counted(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """A tally of everybody who may vote, most of them for one form."""
    said = known.said()
    voters, forms = len(said.get("voters") or ()), list(ballot_forms(said, known.values, proposing="proposes" in asked))
    if not voters or not forms:
        return
    others = chance.choice((0, 0, 0, 1, voters // 2))
    won, lost = chance.choice(forms), chance.choice(forms)
    votes = {won: voters} if won == lost or not others else {won: voters - others, lost: others}
    data["votes"] = [{"sanction": code, "votes": n} for code, n in votes.items()]
    data |= {"present": voters, "issued": voters, "returned": voters, "spoiled": 0, "none": 0} | ({"proposes": won} if "proposes" in asked else {})


def _concluded(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """Each allegation is concluded, mostly as proven."""
    told = known.said().get("allegations") or ()
    if told:
        proven = chance.random() < 0.85
        data["conclusions"] = [{"allegation": n, "result": "proven" if proven else "not_proven", "why": "by the book", "speaks_for": "they told it"}
                               for n in range(1, len(told) + 1)]


def _decided(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """What is decided is something that may be decided here."""
    said = known.said()
    forms = ballot_forms(said, known.values, proposing=False) or in_ladder(said, known.values)
    if "sanction" in data and forms:
        data["sanction"] = chance.choice(list(forms))


def _weighed(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """What is weighed is no repetition, and posts that are taken are listed."""
    data["aggravating"] = [code for code in data.get("aggravating", ()) if code != "repeated"]
    data["posts"] = "every post of theirs"


def _in_order(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """A review lies soon ahead, and before the end."""
    soon = known.today + timedelta(days=chance.randint(1, 9))
    data["review_on"] = soon.isoformat()
    if "until" in asked:
        data["until"] = (soon + timedelta(days=chance.randint(0, 15))).isoformat()


def _agreed(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """They agree to be heard early."""
    data["heard_early"] = True


def _sent(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """A team of some people, none of them its head."""
    others = [uid for uid in known.people if uid != data.get("team_lead")]
    data["team"] = [{"person": uid, "declared": "clean"} for uid in chance.sample(others, min(len(others), chance.randint(2, 4)))]


def _told_exactly(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """A concern says what, where and when, and gives no other's name."""
    data |= {"conduct": "act", "place": "the store", "happened_from": (known.today - timedelta(days=chance.randint(1, 60))).isoformat()}
    for name in ("happened_until", "reporter", "known_as"):
        data.pop(name, None)


def _clean(name: str) -> Rule:
    def rule(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
        """They declare to be free of conflicts."""
        data[name] = "clean"

    return rule


def _on_paper(data: Data, asked: Mapping[str, Input], chance: Random, known: Known) -> None:
    """A paper is named more often than not."""
    if chance.random() < 0.75:
        data["paper"] = "file 7, page 3"


RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("decider", "body"), _only_one("decider", "body")), (("appeal_decider", "body"), _only_one("appeal_decider", "body")),
    (("status_then", "status_now", "task", "level"), _in_one_place), (("allegations", "disclosed"), _alleged), (("roll",), _on_the_roll),
    (("votes", "issued", "returned"), _counted), (("conclusions",), _concluded), (("sanction", "outcome"), _decided),
    (("team", "team_lead"), _sent), (("conduct", "place", "happened_from"), _told_exactly), (("declared",), _clean("declared")),
    (("lead_declared",), _clean("lead_declared")), (("aggravating", "posts"), _weighed),
    (("review_on",), _in_order), (("heard_early", "statement"), _agreed), (("paper",), _on_paper))

__all__ = ["RULES", "hang_together"]
