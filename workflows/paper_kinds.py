"""Which papers the acts of each workflow give: their titles, texts, readers and numbers, as data that is checked when it is loaded."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workflows.definition import Workflow
from workflows.errors import BadDefinition
from workflows.inputs import HANDLERS, PARTIES, Input, Klass, Many
from workflows.paper_text import BadText, Block, Kind, places, read_text
from workflows.papers import sound
from workflows.roles import UNNAMED, Role
from workflows.words import LANGUAGES, Words

ANY_ACT = "*"
"""A paper that is of whatever happened last: a blank form."""
AUDIENCES: Mapping[str, tuple[Role, ...]] = {"parties": PARTIES, "handlers": HANDLERS}
"""Who may read a paper: those who handle the case and the parties, or those who handle it alone."""
SECRET = (*UNNAMED, Role.PROTECTED)
"""Parts whose players no paper names."""
_KEYS = {"title", "of", "readers", "numbering", "weighs", "text", "letterhead", "kit"}


@dataclass(frozen=True)
class PaperText:
    """A text of a paper in one language, with what it says. Texts are kept under their hash for ever."""

    name: str
    version: int
    text: str
    blocks: tuple[Block, ...] = field(compare=False, repr=False, default=())

    @cached_property
    def law_bytes(self) -> bytes:
        told = {"paper": self.name, "version": self.version, "text": self.text}
        return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def law_hash(self) -> str:
        """SHA-256 over name, version and text, hexadecimal."""
        return hashlib.sha256(self.law_bytes).hexdigest()


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper: of which acts of which workflows, for whom, how it is numbered ("": not at all), whether it is a decision (`weighs`),
    which is printed with the checkpoint that it is under, whether a sitting gets its words beforehand (`kit`), and its text in each language."""

    code: str
    title: Words
    of: tuple[tuple[str, tuple[str, ...]], ...]
    readers: str
    numbering: str
    weighs: bool
    kit: bool
    texts: tuple[tuple[str, PaperText], ...]

    @cached_property
    def acts(self) -> dict[str, tuple[str, ...]]:
        return dict(self.of)

    @cached_property
    def by_language(self) -> dict[str, PaperText]:
        return dict(self.texts)

    @property
    def audience(self) -> tuple[Role, ...]:
        return AUDIENCES[self.readers]


def read_kinds(raw: Mapping[str, Any], where: str, owner: str, base: Mapping[str, PaperKind] = {}) -> tuple[PaperKind, ...]:
    """The papers of a file; what a kind of the same code in `base` says need not be said again. Raises `BadDefinition` naming every defect."""
    defects: list[str] = []
    heads = _texts(raw.get("letterhead", {}), "the letterhead", defects)
    found: list[PaperKind] = []
    anew: dict[str, dict[str, Any]] = {code: {} for code in base} if heads else {}
    for code, told in (anew | dict(raw.get("papers") or {})).items():
        before = base.get(code)
        at = f"the paper “{code}”"
        if not isinstance(told, dict) or not re.fullmatch(r"[a-z][a-z0-9_]*", code):
            defects.append(f"{at}: a paper is a table, its code small letters, digits and _")
            continue
        defects += [f"{at}: unknown “{key}”; possible: {', '.join(sorted(_KEYS))}" for key in told if key not in _KEYS]
        made = _kind(code, told, at, owner, heads, before, defects)
        if made is not None:
            found.append(made)
    defects += [f"it has an unknown part “{part}”" for part in raw if part not in ("papers", "letterhead")]
    if defects:
        raise BadDefinition(where, defects)
    return tuple(found)


def _kind(code: str, told: Mapping[str, Any], at: str, owner: str, heads: Mapping[str, str], before: PaperKind | None,
          defects: list[str]) -> PaperKind | None:
    try:
        title = Words(tuple(sorted(told["title"].items()))) if "title" in told or before is None else before.title
    except (KeyError, AttributeError, ValueError):
        defects.append(f"{at}: needs a title in each of: {', '.join(LANGUAGES)}")
        return None
    of = told.get("of", before.acts if before else {})
    if not isinstance(of, dict) or not of or not all(isinstance(t, list | tuple) and t and all(isinstance(one, str) for one in t)
                                                     for t in of.values()):
        defects.append(f"{at}: “of” names workflows, each with the triggers whose acts give it")
        return None
    readers = str(told.get("readers", before.readers if before else ""))
    if readers not in AUDIENCES:
        defects.append(f"{at}: needs readers, one of: {', '.join(AUDIENCES)}")
        return None
    numbering = str(told.get("numbering", before.numbering if before else ""))
    if numbering and not sound(numbering):
        defects.append(f"{at}: its numbering needs {{number}}, and of places only those of a numbering")
    own = _texts(told.get("text", {}), at, defects) if "text" in told or before is None else {}
    head = told.get("letterhead", True)
    texts: dict[str, PaperText] = dict(before.texts) if before and not own else {}
    if before is not None and not own and heads:
        own = {language: _bodies(text.text) for language, text in before.texts}
    for language, text in own.items():
        whole = f"{heads[language]}\n\n{text}" if head and language in heads else text
        try:
            texts[language] = paper_text(f"{owner}/{code}.{language}", 1, whole)
        except BadText as error:
            defects.append(f"{at}, text in “{language}”: {error}")
    if own and set(own) != set(LANGUAGES):
        defects.append(f"{at}: needs a text in each of: {', '.join(LANGUAGES)}")
    return PaperKind(code, title, tuple((flow, tuple(t)) for flow, t in of.items()), readers, numbering,
                     bool(told.get("weighs", before.weighs if before else False)), bool(told.get("kit", before.kit if before else False)),
                     tuple(sorted(texts.items())))


def _bodies(text: str) -> str:
    """A text without the letterhead that it begins with."""
    first, _, rest = text.partition("\n\n")
    return rest if first.startswith("[") else text


def paper_text(name: str, version: int, text: str) -> PaperText:
    """A text, read. Raises `BadText`."""
    return PaperText(name, version, text, read_text(text))


def read_law(law: bytes) -> PaperText:
    """A text from the bytes under which it is kept."""
    told = json.loads(law)
    return paper_text(told["paper"], int(told["version"]), told["text"])


def _texts(value: Any, at: str, defects: list[str]) -> dict[str, str]:
    if isinstance(value, dict) and all(key in LANGUAGES and isinstance(text, str) for key, text in value.items()):
        return value
    defects.append(f"{at}: a text stands under its language: {', '.join(LANGUAGES)}")
    return {}


def load_kinds(path: Path, owner: str, base: Mapping[str, PaperKind] = {}) -> tuple[PaperKind, ...]:
    """The papers of a TOML file; see `read_kinds`."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadDefinition(path.name, [f"it cannot be read: {error}"]) from error
    return read_kinds(raw, path.name, owner, base)


GENERIC_KINDS: Mapping[str, PaperKind] = {
    kind.code: kind for kind in load_kinds(Path(__file__).parent / "rulesets" / "papers.toml", "generic")}
"""The papers of every house, by code, where no pack says otherwise."""


def find_in_kinds(kinds: Iterable[PaperKind], known: Mapping[str, Workflow]) -> list[str]:
    """What is wrong with papers among the workflows that they are of: each sentence names the paper and the place."""
    found: list[str] = []
    for kind in kinds:
        at = f"the paper “{kind.code}”"
        for flow, triggers in kind.of:
            if flow not in known:
                found.append(f"{at} is of “{flow}”, which no workflow is called")
                continue
            found += [f"{at} is of “{one}”, which is no act of “{flow}”" for one in triggers if one != ANY_ACT and one not in known[flow].triggers]
        flows = [known[flow] for flow in kind.acts if flow in known]
        for language, text in kind.texts:
            found += [f"{at}, text in “{language}”, {wrong}" for wrong in wrong_in(text.blocks, kind, flows)]
    return found


def wrong_in(blocks: Iterable[Block], kind: PaperKind, flows: Iterable[Workflow]) -> Iterator[str]:
    """What a text names that none of the workflows of its paper has, or that not everybody may read who reads the paper."""
    flows = tuple(flows)
    for block in blocks:
        for name in places(block):
            family, _, own = name.partition(".")
            match family:
                case "said" | "rows":
                    inputs = [i for flow in flows for t in (*flow.transitions, *flow.entries) for i in t.inputs if i.name == own]
                    yield from (f"line {block.at}: {one}" for one in _of_inputs(name, inputs, kind, block))
                case "part":
                    if own not in set(Role) or own in SECRET:
                        yield f"line {block.at}: “{name}” names no part that a paper may tell of"
                case "due":
                    if not any(own in flow.clocks for flow in flows):
                        yield f"line {block.at}: “{name}” names no time limit of its workflows"


def _of_inputs(name: str, inputs: list[Input], kind: PaperKind, block: Block) -> Iterator[str]:
    if not inputs:
        yield f"there is no place “{name}”: no workflow of this paper asks for it"
    elif not any(readable(i, kind) for i in inputs):
        yield f"“{name}” is not for everybody who may read this paper"
    elif isinstance(inputs[0], Many) != (block.kind is Kind.ROWS):
        yield f"“{name}”: rows stand as {{rows.…}} alone on a line, anything else as {{said.…}}"


def readable(i: Input, kind: PaperKind) -> bool:
    """Whether everybody who may read such a paper may read this input; what is sealed stands on none."""
    return i.klass is not Klass.SEALED and set(kind.audience) <= set(i.readers)


__all__ = ["ANY_ACT", "GENERIC_KINDS", "PaperKind", "PaperText", "find_in_kinds", "load_kinds", "paper_text", "read_kinds", "read_law", "readable",
           "wrong_in"]
