"""Cases. `state` and `seq` mirror the newest event and have one writer, the ledger."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from inspect_app.models.base import IMPERSONAL, OF_CASE, ROOM, Digest, Id, Moment, Uid, metadata

FAR = 2**53
"""Where a case without a due day stands in the order by due day."""


def _of_some(column: str) -> Index:
    """The cases that have this, in the order of due days."""
    there = text(f"{column} IS NOT NULL")
    columns = (column, "is_open", "due_order", "id", "workflow", "state", "unit_id", "title_bits")
    return Index(f"ix_cases_{column}", *columns, sqlite_where=there, postgresql_where=there)


_ASKED_FOR = ("state", "workflow", "body_id", "is_open")
"""What a list in the order of openings or of changes may ask for."""

cases = Table(
    "cases", metadata,
    Column("id", Id, ForeignKey("stream.id"), primary_key=True, autoincrement=False),
    Column("uid", Uid, nullable=False, unique=True, info=IMPERSONAL),
    Column("number", String(40), nullable=False, unique=True, info=IMPERSONAL),
    Column("reference", String(200), info=OF_CASE),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False, index=True),
    Column("parent_id", Id, ForeignKey("cases.id"), index=True),
    Column("workflow", String(100), nullable=False, info=IMPERSONAL),
    Column("definition", Digest, ForeignKey("definition.hash"), nullable=False, info=IMPERSONAL),
    Column("ruleset", Digest, ForeignKey("definition.hash"), nullable=False, info=IMPERSONAL),
    Column("state", String(60), nullable=False, info=IMPERSONAL),
    Column("seq", Integer, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False, server_default="0"),
    Column("unit_id", Id, ForeignKey("unit.id")),
    Column("title", String(400), nullable=False, info=OF_CASE),
    Column("title_bits", BigInteger, nullable=False, server_default="-1"),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("due_order", Moment, nullable=False, server_default=str(FAR)),
    Column("origin", String(10), nullable=False, server_default="act", info=IMPERSONAL),
    Column("rehearsal", Boolean, nullable=False, server_default="0"),
    Column("office_id", Id, ForeignKey("office.id")),
    Column("body_id", Id, ForeignKey("unit.id")),
    Column("superior_office_id", Id, ForeignKey("office.id")),
    Column("closed_circle", Boolean, nullable=False, server_default="0"),
    Column("put_away", Boolean, nullable=False, server_default="0"),
    Column("hidden", Boolean, nullable=False, server_default="0"),
    Column("disposed_at", Moment),
    Column("disposed_under", String(80), info=IMPERSONAL),
    Index("ix_cases_open_due_order", "is_open", "due_order", "id", "unit_id", "title_bits", "state", "workflow", "body_id"),
    Index("ix_cases_unit", "unit_id", "is_open", "due_order", "id", "workflow", "body_id", "state", "office_id", "superior_office_id",
          "title_bits"),
    Index("ix_cases_opened", "opened_at", "id", "unit_id", "title_bits", *_ASKED_FOR),
    Index("ix_cases_unit_opened", "unit_id", "opened_at", "id", *_ASKED_FOR, "office_id", "superior_office_id", "title_bits"),
    Index("ix_cases_updated", "updated_at", "id", "unit_id", "title_bits", *_ASKED_FOR),
    Index("ix_cases_unit_updated", "unit_id", "updated_at", "id", *_ASKED_FOR, "office_id", "superior_office_id", "title_bits"),
    Index("ix_cases_workflow", "workflow", "is_open", "due_order", "id", "unit_id", "body_id"),
    Index("ix_cases_state", "state", "is_open", "due_order", "id", "unit_id", "workflow", "body_id"),
    *map(_of_some, ("office_id", "body_id", "superior_office_id")),
    Index("ix_cases_rehearsal", "is_open", "due_order", "id", "unit_id", "body_id", sqlite_where=text("rehearsal = 1"),
          postgresql_where=text("rehearsal")),
    postgresql_with=ROOM,
)
"""No index holds what every act changes (`seq`, `updated_at`), so that PostgreSQL can change the row where it lies. Those in the order of due days
and of openings hold the state: what changes that mostly begins or ends a time limit, and so changes the former anyway. Whatever many cases may have
in common and a list may ask for, or somebody may see them for, has them in the order of due days: unit, state, workflow, body and offices.
`title_bits` are marks of the words of the title (`services.wording.bits`), which the indexes of lists hold; all of them where nobody made any.
`due_order` is `due_at`, or FAR where there is none: what lists are ordered by.
`office_id` is the office that has to handle it: whoever answers for that office today has the part of its holder.
`body_id` is the body that decides it: whoever sits on that body today has the part of a decider.
`superior_office_id` is the office it was reported to: whoever answers for that office today has the part of a superior.
A case in a closed circle is for those who have a part in it alone: no grant for its unit reaches it.
`put_away` mirrors the state: spent, annulled or cleared. `hidden` says that it is put away and that no case of its dossier is open: then most need it
no longer. The ledger keeps it, for a whole dossier at a time (`ledger.hide`).
A case that was disposed of says when, and under which key of its ruleset; nobody sees more of it."""

case_search = Table(
    "case_search", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("folded", Text, nullable=False, info=OF_CASE),
)
"""Number and title in lower case without diacritics, beside the case so that an act never touches it."""

ONE_BY_ONE = "ix_case_search_one"
"""The index that PostgreSQL alone has for whoever asks about one case after the other: it finds each in half the time. Migration 0021."""

knew = Table(
    "knew", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("mark", Digest, primary_key=True, info=OF_CASE),
)
"""Who knew of a case before it was disposed of: they are told so. A mark is made with a key outside the database, so that whoever holds the
rows alone cannot tell whose it is."""
