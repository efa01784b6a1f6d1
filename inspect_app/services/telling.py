"""What an event says, told in the reader's words: labels for names, words for codes, names for identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from inspect_app import i18n
from inspect_app.access.reading import declared
from inspect_app.services.ledger import Event
from workflows.computed_learning import REMARKS
from workflows.definition import Workflow
from workflows.figures import FIGURES, went
from workflows.inputs import Choice, Computed, Day, Evidence, Input, Listed, Many, Office, Person, Unit, Yes
from workflows.ruleset import Ruleset


def named_in(workflow: Workflow, events: Iterable[Event], kind: str) -> list[str]:
    """What the inputs of a kind (persons, offices) named in these events, so that it can be shown by name."""
    found: list[str] = []
    for e in events:
        for name, i in declared(workflow, e.trigger).items():
            value = e.data.get(name)
            if i.kind == kind and isinstance(value, str):
                found.append(value)
            elif isinstance(i, Computed) and kind == "person" and isinstance(value, list):
                found += [each for each in value if isinstance(each, str)]
            elif isinstance(i, Many) and isinstance(value, list):
                found += [str(r[c.name]) for r in value for c in i.of if c.kind == kind and r.get(c.name)]
    return found


def told(
    workflow: Workflow, rules: Ruleset, language: str, trigger: str, data: Mapping[str, Any], people: Mapping[str, str]
) -> list[tuple[str, Any]]:
    """(label, text) for each input; the text of rows is a list of such lists."""
    inputs = declared(workflow, trigger)
    transition = workflow.triggers[trigger][0] if trigger in workflow.triggers else None
    found: list[tuple[str, Any]] = []
    for name, value in data.items():
        i = inputs.get(name)
        if i is None or transition is None:
            found.append((name, str(value)))
        elif isinstance(i, Computed) and isinstance(value, list) and value and isinstance(value[0], dict):
            found.append((i18n.input_label(workflow, transition, rules, language, i), worked_out(value, rules, language)))
        elif isinstance(i, Many) and isinstance(value, list):
            rows = [
                [(c.label.say(language), _words(c, row.get(c.name), rules, language,
                                                people)) for c in i.of if row.get(c.name) is not None] for row in value
            ]
            if rows:
                found.append((i18n.input_label(workflow, transition, rules, language, i), rows))
        else:
            found.append((i18n.input_label(workflow, transition, rules, language, i), _words(i, value, rules, language, people)))
    return found


WENT = {"better": "figure.better", "worse": "figure.worse", "same": "figure.same"}


def worked_out(value: list[dict[str, Any]], rules: Ruleset, language: str) -> Any:
    """Rows that the law worked out: figures in words, each so many of so many; of anything else how many there are."""
    if all("remark" in row for row in value):
        return "; ".join(REMARKS[row["remark"]].say(language) for row in value)
    if any("figure" not in row for row in value):
        return str(len(value))
    return [figure_pairs(row, rules, language) for row in value]


def figure_pairs(row: Mapping[str, Any], rules: Ruleset, language: str) -> list[tuple[str, str]]:
    """One figure as (what, how much): the criterion it stands for where it has one, and before and after where both are known."""
    kind = FIGURES.get(row["figure"])
    label = kind.label.say(language) if kind else str(row["figure"])
    if "criterion" in row:
        label = i18n.listed_label(rules, language, "criteria", row["criterion"])
    if "after_part" not in row:
        return [(label, so_many(row, "", language))]
    pairs = [(label, i18n.say(language, "figure.before_after", before=so_many(row, "", language), after=so_many(row, "after_", language)))]
    direction = went(row)
    return pairs + ([(i18n.say(language, "figure.went"), i18n.say(language, WENT[direction]))] if direction else [])


def so_many(row: Mapping[str, Any], side: str, language: str) -> str:
    """`3`, or `3 of 5`; never a percentage, and nothing where there was nothing to count."""
    part, whole = row[f"{side}part"], row.get(f"{side}whole")
    if whole == 0:
        return "–"
    return str(part) if whole is None else i18n.say(language, "figure.of", part=part, whole=whole)


def of_a_year(row: Mapping[str, Any], language: str) -> str:
    """A figure of a year, so that it can stand beside those of quarters: what is a number alone as so many in each quarter, with the sum; what is so
    many of so many as it is, for a share is as large in a quarter as in a year."""
    year = i18n.say(language, "learning.in_year", n=so_many(row, "", language))
    if "whole" in row:
        return year if row["whole"] else so_many(row, "", language)
    each = f"{Decimal(row['part']) / 4:.2f}".rstrip("0").rstrip(".").replace(".", i18n.say(language, "learning.comma"))
    return f"{i18n.say(language, 'learning.per_quarter', n=each)} ({year})"


def _words(i: Input, value: Any, rules: Ruleset, language: str, people: Mapping[str, str]) -> str:
    match i:
        case Listed():
            return ", ".join(i18n.listed_label(rules, language, i.of, code) for code in (value if isinstance(value, list) else [value]))
        case Computed():
            return _computed(value, rules, language, people)
        case Choice():
            return next((words.say(language) for code, words in i.options if code == value), str(value))
        case Day():
            return i18n.day(date.fromisoformat(str(value)), language)
        case Person() | Office() | Unit():
            return people.get(str(value), str(value))
        case Yes():
            return i18n.say(language, "word.yes")
        case Evidence():
            return ", ".join(f"#{n}" for n in value)
        case _:
            return str(value)


def _computed(value: Any, rules: Ruleset, language: str, people: Mapping[str, str]) -> str:
    """What the law worked out: yes or no, a day, a sanction, persons by name, the number it is, or a field by its event and name."""
    if isinstance(value, list):
        return ", ".join((people.get(each) if isinstance(each, str) else None) or _computed(each, rules, language, people) for each in value)
    if isinstance(value, dict):
        return f"{value.get('seq', '')} {value.get('name') or value.get('digest', '')}".strip()
    if isinstance(value, bool):
        return i18n.say(language, "word.yes" if value else "word.no")
    try:
        return i18n.day(date.fromisoformat(str(value)), language)
    except ValueError:
        return i18n.listed_label(rules, language, "ladder.*", str(value))
