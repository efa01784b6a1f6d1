"""Words of the pages and doors in the reader's language; terms of the law by (ruleset, language), falling back to the workflow's own.

Messages stand in `translations/<language>.toml`, one flat table; `zz` is the pseudo-locale: accented and 40 % longer, made from English.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton

from workflows.clocks import Why
from workflows.definition import Transition, Workflow
from workflows.errors import Problem
from workflows.inputs import Input
from workflows.roles import LABELS, Role
from workflows.ruleset import Ruleset
from workflows.words import BESIDE, LANGUAGES

PSEUDO = "zz"
DAY = {"vi": "dd/MM/y", PSEUDO: "d MMM y"}
"""How a day is written; a language that is not named writes it like English."""
_ACCENTS = str.maketrans("aeiouyAEIOUYcnsCNS", "áéíóúýÁÉÍÓÚÝçñšÇÑŠ")


@cache
def messages(language: str) -> dict[str, str]:
    """All messages of a language by key."""
    if language == PSEUDO:
        return {key: pseudo(text) for key, text in messages(LANGUAGES[0]).items()}
    table = tomllib.loads((files("inspect_app") / "translations" / f"{language}.toml").read_text("utf-8"))
    return {f"{part}.{key}": text for part, texts in table.items() for key, text in texts.items()}


for _language, _names in BESIDE.items():
    _names.update({key.replace(".", " ", 1): text for key, text in messages(_language).items() if key.startswith("clock.")})


def pseudo(text: str) -> str:
    """A text as no language has it, so that what was written into a page by hand stands out."""
    longer = text.translate(_ACCENTS) if "{" not in text else text
    return f"⟦{longer}{'·' * (len(text) * 2 // 5)}⟧"


def say(language: str, key: str, **values: object) -> str:
    """The message `key` in `language`, with `{name}` filled in."""
    text = messages(language if language in (*LANGUAGES, PSEUDO) else LANGUAGES[0])[key]
    return text.format(**values) if values else text


_SAID = {"length": r"Write (\d+) to (\d+) characters", "rows": r"Give (\d+) to (\d+) rows", "range": r"Give a number from (\d+) to (\d+)",
         "choice": r"Choose one of", "day": r"Write the day as", "number": r"Send a whole number", "confirm": r"This must be confirmed",
         "short": r"A password has at least (\d+)", "long": r"A password has at most (\d+)"}
"""What the gate says, by the key of its translation."""


def problem_words(language: str, problem: Problem) -> str:
    """What is wrong with a field, in the reader's language; the gate's own English where there is no translation of it."""
    if language == LANGUAGES[0]:
        return problem.message
    for key, pattern in _SAID.items():
        if match := re.match(pattern, problem.message):
            return say(language, f"problem.{key}").format(*match.groups())
    key = f"problem.{problem.code}"
    return say(language, key) if key in messages(language) else problem.message


def _term(rules: Ruleset, language: str, key: str, own: str) -> str:
    found = rules.term_table.get(key)
    text = found.say(language) if found else own
    return pseudo(text) if language == PSEUDO else text


def workflow_label(workflow: Workflow, rules: Ruleset, language: str) -> str:
    """What a workflow is called under a ruleset."""
    return _term(rules, language, f"workflow.{workflow.name}", workflow.title.say(language))


def state_label(workflow: Workflow, rules: Ruleset, language: str, state: str) -> str:
    """What a state is called; before the first event it has no name but a dash."""
    own = workflow.by_name[state].label.say(language) if state in workflow.by_name else "–"
    return _term(rules, language, f"state.{workflow.name}.{state}", own)


def trigger_label(workflow: Workflow, rules: Ruleset, language: str, trigger: str) -> str:
    """What an act is called, on a button and in a history."""
    found = workflow.triggers.get(trigger)
    return _term(rules, language, f"trigger.{workflow.name}.{trigger}", found[0].label.say(language) if found else trigger)


def input_label(workflow: Workflow, transition: Transition, rules: Ruleset, language: str, i: Input) -> str:
    """What a field is called."""
    return _term(rules, language, f"input.{workflow.name}.{transition.trigger}.{i.name}", i.label.say(language))


_LISTS = {"ladder.*": "sanction", "ladder.?": "status", "factors.mitigating": "factor", "factors.aggravating": "factor",
          "deferral.grounds": "ground", "exemption.grounds": "exemption", "appeal.inadmissible": "inadmissible",
          "limitation.exempt": "category", "competence.?.decides": "level", "roll.*": "exclusion", "minor.measures": "sanction",
          "standing.post": "standing", "standing.title": "standing", "standing.pay": "standing"}
"""The lists of codes that inputs name: the part of the terms in which each code is called something."""


def listed_label(rules: Ruleset, language: str, of: str, code: str) -> str:
    """What a code that the ruleset lists is called; one without a name is shown as it is."""
    if of == "criteria":
        return next((c.label.say(language) for c in rules.criteria if c.code == code), code)
    return _term(rules, language, f"{_LISTS.get(of, of)}.{code}", code)


def role_label(rules: Ruleset, language: str, code: str, workflow: Workflow | None = None) -> str:
    """What a part is called, in cases of one workflow where it has a name of its own there; an unknown code is shown as it is."""
    own = LABELS[Role(code)].say(language) if code in set(Role) else code
    everywhere = _term(rules, language, f"role.{code}", own)
    return _term(rules, language, f"role.{workflow.name}.{code}", everywhere) if workflow else everywhere


def moment(micros: int | None, zone: ZoneInfo, language: str) -> str:
    """A moment as people of a language write it, in the organisation's zone; of what happened on a day of which no hour is known, the day."""
    if micros is None:
        return "–"
    at = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).astimezone(zone)
    if at.time() == time():
        return day(at.date(), language)
    return format_datetime(at, f"{DAY.get(language, DAY[PSEUDO])} HH:mm", locale="en" if language == PSEUDO else language)


def day(value: date, language: str) -> str:
    """A day as people of a language write it."""
    return format_date(value, DAY.get(language, DAY[PSEUDO]), locale="en" if language == PSEUDO else language)


def month(value: date, language: str) -> str:
    """A month with its year as people of a language write it."""
    found = format_skeleton("yMMMM", datetime(value.year, value.month, 1, tzinfo=UTC), locale="en" if language == PSEUDO else language)
    return found[:1].upper() + found[1:]


def clock_label(rules: Ruleset, language: str, name: str) -> str:
    """What a time limit is called; one that has no name of its own is shown by its code."""
    key = f"clock.{name}"
    own = say(language, key) if key in messages(language) else name.replace("_", " ")
    found = rules.term_table.get(key)
    return _term(rules, language, key, own) if found else own


def line(told: Why, language: str) -> str:
    """One step of a derivation as a sentence."""
    values = {name: ", ".join(day(one, language) for one in value) if isinstance(value, tuple) else day(value, language)
              if isinstance(value, date) else value for name, value in told.values.items()}
    return say(language, f"why.{told.code}", **values)
