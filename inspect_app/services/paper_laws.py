"""The texts and numbering schemes in force: those of the packs, and instead of them what the house wrote itself, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import and_, insert, select, update

from inspect_app import i18n
from inspect_app.access.parts import in_force
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.models import case_role, cases, definition, paper_law, person, role_grant, unit_above
from inspect_app.services.administering import Done, carry_out, may_administer, refuse
from inspect_app.services.house import House, keep_law
from inspect_app.services.ledger import Key
from workflows.acts import Actor
from workflows.paper_kinds import PaperKind, PaperText, paper_text, read_law, wrong_in
from workflows.paper_text import BadText
from workflows.papers import sound
from workflows.roles import Role
from workflows.words import LANGUAGES

TEXT, SCHEME = "papertext", "papernumb"
"""What kinds of definition they are."""


def text(session: Session, house: House, ruleset: str, kind: PaperKind, language: str) -> PaperText:
    """The text of a paper in force: the house's own, else the pack's."""
    found = _law(session, f"{ruleset}/{kind.code}.{language}")
    return read_law(found) if found is not None else kind.by_language[language]


def scheme(session: Session, house: House, ruleset: str, kind: PaperKind) -> str:
    """The numbering scheme in force; "" where such a paper bears no number."""
    found = _law(session, f"{ruleset}/{kind.code}.number")
    if found is not None:
        return str(orjson.loads(found)["scheme"])
    own = house.catalogue.rulesets_by_name[ruleset].papers_by_code.get(kind.code)
    return own.numbering if own is not None else kind.numbering


def _law(session: Session, name: str) -> bytes | None:
    found = session.execute(select(definition.c.law).join(paper_law, paper_law.c.hash == definition.c.hash).where(paper_law.c.name == name)).scalar()
    return bytes(found) if found is not None else None


def is_kept(session: Session, law_hash: str) -> bool:
    """Whether a text is kept under its hash."""
    return session.execute(select(definition.c.hash).where(definition.c.hash == law_hash)).first() is not None


def keep(session: Session, law: PaperText) -> None:
    """Keep a text under its hash, once."""
    if not is_kept(session, law.law_hash):
        keep_law(session, TEXT, law.law_hash, law.name, law.version, law.law_bytes)


def listed(house: House) -> list[dict[str, Any]]:
    """Every kind of paper under every ruleset: its titles, who reads it, its scheme, and which versions of its texts are in force."""
    found = []
    with house.db.reading() as session:
        own = {name: int(version) for name, version in session.execute(select(paper_law.c.name, paper_law.c.version))}
        for ruleset in house.catalogue.rulesets_by_name.values():
            if ruleset.recorded:
                continue
            for kind in house.catalogue.papers(ruleset.name).values():
                title = (ruleset.papers_by_code[kind.code].title if kind.code in ruleset.papers_by_code else kind.title)
                found.append({"ruleset": ruleset.name, "code": kind.code, "title": title, "readers": kind.readers, "weighs": kind.weighs,
                              "numbering": scheme(session, house, ruleset.name, kind), "of": kind.acts,
                              "versions": {part: own.get(f"{ruleset.name}/{kind.code}.{part}", 1) for part in (*LANGUAGES, "number")}})
    return found


def shown(house: House, ruleset: str, code: str) -> dict[str, Any]:
    """One kind of paper with its texts in force and every version that was kept. Raises `NotFound`."""
    kind = kind_of(house, ruleset, code)
    row = next(one for one in listed(house) if (one["ruleset"], one["code"]) == (ruleset, code))
    with house.db.reading() as session:
        texts = {language: text(session, house, ruleset, kind, language) for language in LANGUAGES}
        d = definition.c
        versions = session.execute(select(d.name, d.version, d.hash, d.first_used_at, d.law, d.kind).where(
            d.kind.in_((TEXT, SCHEME)), d.name.in_([f"{ruleset}/{code}.{part}" for part in (*LANGUAGES, "number")]))
            .order_by(d.first_used_at.desc())).mappings().all()
    return {**row, "texts": {language: {"text": one.text, "version": one.version, "hash": one.law_hash} for language, one in texts.items()},
            "kept": [{"part": str(v["name"]).rpartition(".")[2], "version": v["version"], "hash": v["hash"], "at": v["first_used_at"]}
                     for v in versions]}


def kind_of(house: House, ruleset: str, code: str) -> PaperKind:
    """A kind of paper under a ruleset. Raises `NotFound`."""
    rules = house.catalogue.rulesets_by_name.get(ruleset)
    kind = house.catalogue.papers(ruleset).get(code) if rules is not None and not rules.recorded else None
    if kind is None:
        raise NotFound
    return kind


def plain(words: str) -> str:
    """A text as it is kept: without blanks at the ends of lines, and ending with one line break."""
    return "\n".join(line.rstrip() for line in words.replace("\0", "").splitlines()).strip("\n") + "\n"


def change_text(house: House, actor: Actor, ruleset: str, code: str, language: str, words: str, *, key: Key | None = None) -> Done:
    """A new version of a paper's text in one language. It is read and checked as a pack's is; nothing in it is ever carried out.
    Raises `Invalid`, `NotFound`, `NotYours`."""
    kind = kind_of(house, ruleset, code)
    if language not in LANGUAGES:
        raise Invalid((Problem("/language", "invalid", f"Choose one of: {', '.join(LANGUAGES)}."),))
    told = plain(words)
    flows = [house.catalogue.by_name[name] for name in kind.acts if name in house.catalogue.by_name]

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        before = text(session, house, ruleset, kind, language)
        if not told.strip():
            refuse(actor, "text", "fault.text_needed")
        if before.text.strip() == told.strip():
            refuse(actor, "", "fault.nothing_new")
        name = f"{ruleset}/{code}.{language}"
        try:
            made = paper_text(name, before.version + 1, told)
        except BadText as error:
            raise Invalid((Problem("/text", "text", str(error)),)) from None
        if wrong := list(wrong_in(made.blocks, kind, flows)):
            raise Invalid(tuple(Problem("/text", "text", one) for one in wrong))
        keep(session, before)
        keep(session, made)
        _in_force(session, name, made.version, made.law_hash)
        return "change_paper_text", {"paper": code, "ruleset": ruleset, "language": language, "version": made.version, "hash": made.law_hash,
                                     "hash_before": before.law_hash}

    return carry_out(house, actor, work, key)


def change_scheme(house: House, actor: Actor, ruleset: str, code: str, wanted: str, *, key: Key | None = None) -> Done:
    """A new version of a paper's numbering scheme; empty: such a paper bears no number. Raises `Invalid`, `NotFound`, `NotYours`."""
    kind = kind_of(house, ruleset, code)
    told = " ".join(wanted.split())

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        before = scheme(session, house, ruleset, kind)
        if told == before:
            refuse(actor, "", "fault.nothing_new")
        if len(told) > 100 or not told.isprintable() or (told and not sound(told)):
            raise Invalid((Problem("/numbering", "scheme", i18n.say(actor.language, "fault.paper_scheme")),))
        name = f"{ruleset}/{code}.number"
        version = 1 + int(session.execute(select(paper_law.c.version).where(paper_law.c.name == name)).scalar() or 1)
        law = orjson.dumps({"paper": name, "version": version, "scheme": told}, option=orjson.OPT_SORT_KEYS)
        digest = sha256(law).hexdigest()
        keep_law(session, SCHEME, digest, name, version, law)
        _in_force(session, name, version, digest)
        return "change_paper_numbering", {"paper": code, "ruleset": ruleset, "numbering": told, "numbering_before": before, "version": version,
                                          "hash": digest}

    return carry_out(house, actor, work, key)


def _in_force(session: Session, name: str, version: int, law_hash: str) -> None:
    done = session.execute(update(paper_law).where(paper_law.c.name == name).values(version=version, hash=law_hash))
    if done.rowcount == 0:
        session.execute(insert(paper_law).values(name=name, version=version, hash=law_hash))


def admin_and_chair(session: Session, case_id: int, today: date) -> tuple[str, ...]:
    """Who chairs or decides in a case and is an administrator of its unit at the same time: every decision says so."""
    r = role_grant.c
    over = select(unit_above.c.above_id).join(cases, cases.c.unit_id == unit_above.c.unit_id).where(cases.c.id == case_id)
    admins = select(r.person_id).where(r.role == Role.ADMIN.value, r.unit_id.in_(over), in_force(role_grant, today))
    chairs = select(r.person_id).where(r.role == Role.CHAIR.value, r.unit_id.in_(over), in_force(role_grant, today))
    deciders = select(case_role.c.person_id).where(and_(case_role.c.case_id == case_id, case_role.c.until_seq.is_(None),
                                                        case_role.c.role.in_((Role.CHAIR.value, Role.DECIDER.value))))
    rows = session.execute(select(person.c.full_name).where(person.c.id.in_(admins), person.c.id.in_(chairs.union(deciders)))
                           .order_by(person.c.full_name)).scalars()
    return tuple(rows)


__all__ = ["admin_and_chair", "change_scheme", "change_text", "is_kept", "keep", "kind_of", "listed", "plain", "scheme", "shown", "text"]
