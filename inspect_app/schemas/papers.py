"""The gate for papers in the JSON door: what a request may say, and how papers and their texts are shown."""

from __future__ import annotations

from typing import Any

from inspect_app.schemas.drawn import closed
from inspect_app.schemas.events import moment
from inspect_app.schemas.organisation import read_fields, schema_of
from inspect_app.services.papers import Drawn, Offered
from workflows.words import LANGUAGES

NEW = {"kind": "text", "language": "text", "marking": "text"}
TEXT = {"text": "text"}
SCHEME = {"numbering": "text"}


def read_new(body: Any) -> dict[str, Any]:
    """A request for a paper. Raises `Invalid`, `Unreadable`."""
    return read_fields(body, NEW, ("kind", "language", "marking"))


def read_text(body: Any) -> str:
    """A new text of a paper. Raises `Invalid`, `Unreadable`."""
    return str(read_fields(body, TEXT, ("text",))["text"])


def read_scheme(body: Any) -> str:
    """A new numbering scheme. Raises `Invalid`, `Unreadable`."""
    return str(read_fields(body, SCHEME, ("numbering",))["numbering"])


def dump_drawn(paper: Drawn, file: str) -> dict[str, Any]:
    """A paper that was drawn; `file` is where its PDF is."""
    said = paper.said
    return {"n": paper.n, "seq": paper.seq, "kind": said.get("kind"), "title": paper.title, "reference": said.get("reference"), "of": said.get("of"),
            "language": said.get("language"), "marking": said.get("marking"), "audience": said.get("audience"), "text": said.get("template"),
            "sha256": said.get("sha256"), "size": said.get("size"), "drawn_at": moment(paper.at), "printed_under": said.get("checkpoint"),
            "under_now": paper.code, "file": file}


def dump_offered(one: Offered) -> dict[str, Any]:
    """A paper that may be drawn."""
    return {"kind": one.kind.code, "title": one.title, "of": one.of.seq, "audience": one.kind.readers, "numbered": bool(one.kind.numbering)}


def dump_kind(row: dict[str, Any], language: str) -> dict[str, Any]:
    """A kind of paper under a ruleset."""
    return {"ruleset": row["ruleset"], "kind": row["code"], "title": row["title"].say(language), "audience": row["readers"],
            "decision": row["weighs"], "numbering": row["numbering"] or None, "versions": row["versions"],
            "of": {flow: list(triggers) for flow, triggers in row["of"].items()}}


_T: dict[str, Any] = {"type": "string"}
_M: dict[str, Any] = {"type": ["string", "null"]}
_W: dict[str, Any] = {"type": "integer"}
_B: dict[str, Any] = {"type": "boolean"}
_D: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_WHEN: dict[str, Any] = {"type": "string", "format": "date-time"}
_DRAWN = closed({"n": _W, "seq": _W, "kind": _T, "title": _T, "reference": _M, "of": _W, "language": _T, "marking": _T, "audience": _T, "text": _D,
                 "sha256": _D, "size": _W, "drawn_at": _WHEN, "printed_under": _M, "under_now": _M, "file": _T})
_OFFERED = closed({"kind": _T, "title": _T, "of": _W, "audience": _T, "numbered": _B})
_KIND = {"ruleset": _T, "kind": _T, "title": _T, "audience": _T, "decision": _B, "numbering": _M,
         "versions": {"type": "object", "additionalProperties": _W}, "of": {"type": "object", "additionalProperties": {"type": "array", "items": _T}}}
_WORDS = closed({"text": _T, "version": _W, "hash": _D})
_LONG = schema_of(TEXT, ("text",)) | {"properties": {"text": {"type": "string", "maxLength": 40_000}}}
PAPER_SHAPES: dict[str, dict[str, Any]] = {
    "PaperList": closed({"papers": {"type": "array", "items": _DRAWN}, "offered": {"type": "array", "items": _OFFERED}}),
    "NewPaper": schema_of(NEW, ("kind", "language", "marking")),
    "DrawnPaper": closed({"n": _W, "event": {"$ref": "#/components/schemas/Event"}}),
    "PaperKindList": closed({"kinds": {"type": "array", "items": closed(_KIND)}}),
    "PaperKind": closed(_KIND | {"texts": closed(dict.fromkeys(LANGUAGES, _WORDS)), "kept": {"type": "array", "items": closed(
        {"part": _T, "version": _W, "hash": _D, "at": _WHEN})}}),
    "NewPaperText": _LONG,
    "NewPaperNumbering": schema_of(SCHEME, ("numbering",)),
}
"""Requests and answers about papers, for the description."""
