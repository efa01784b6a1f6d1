"""What the planner of SQLite is told about the tables of the lists, whatever is in them.

PostgreSQL looks for itself. SQLite does so when it is asked to, and plans by guesses otherwise, by which it reads a million cases for some pages;
what it finds in one house, with one workflow or without bodies, makes it plan what was never tried. So every house has the figures of a large one,
with which the lists were measured: one plan for each statement, wherever it runs."""

from __future__ import annotations

from inspect_app.db.fixed import Fixed, Session

KNOWN = (
    ("cases", "ix_cases_body_id", "500000 50000 25000 1 1 1 1 1 1"),
    ("cases", "ix_cases_dossier_id", "1000000 1"),
    ("cases", "ix_cases_office_id", "300000 100 50 1 1 1 1 1 1"),
    ("cases", "ix_cases_open_due_order", "1000000 500000 1 1 1 1 1 1 1"),
    ("cases", "ix_cases_opened", "1000000 1 1 1 1 1 1 1 1"),
    ("cases", "ix_cases_parent_id", "1000000 10"),
    ("cases", "ix_cases_rehearsal", "5000 2500 1 1 1 1"),
    ("cases", "ix_cases_state", "1000000 12500 12500 1 1 1 1 1"),
    ("cases", "ix_cases_superior_office_id", "50000 500 250 1 1 1 1 1 1"),
    ("cases", "ix_cases_unit", "1000000 350 150 1 1 1 1 1 1 1 1"),
    ("cases", "ix_cases_unit_opened", "1000000 350 1 1 1 1 1 1 1 1 1"),
    ("cases", "ix_cases_unit_updated", "1000000 350 1 1 1 1 1 1 1 1 1"),
    ("cases", "ix_cases_updated", "1000000 1 1 1 1 1 1 1 1"),
    ("cases", "ix_cases_workflow", "1000000 125000 60000 1 1 1 1"),
    ("cases", "sqlite_autoindex_cases_1", "1000000 1"),
    ("cases", "sqlite_autoindex_cases_2", "1000000 1"),
    ("case_role", "ix_case_role_person", "1000000 200 1 1 1 1"),
    ("case_role", "sqlite_autoindex_case_role_1", "1000000 2 1 1"),
    ("case_text", "ix_case_text_stale", "100 1"),
    ("case_text", None, "1000000"),
    ("stream", "ix_stream_outside", "100 1"),
    ("stream", "sqlite_autoindex_stream_1", "1000000 1"),
    ("unit", "ix_unit_parent_id", "3000 10"),
    ("unit", "ix_unit_path", "3000 1"),
    ("unit", "ix_unit_successor_id", "3000 10"),
    ("unit", "sqlite_autoindex_unit_1", "3000 1"),
    ("unit_above", "ix_unit_above_above", "12000 4 1"),
    ("unit_above", "sqlite_autoindex_unit_above_1", "12000 4 1"),
)
"""Table, index, and as SQLite writes it: how many rows, and how many have the same first column, the same first two, and so on."""

_MADE = Fixed("ANALYZE main.alembic_version")
"""The only way to have the table of what is known, here with the smallest of all."""
_NOTHING = Fixed("DELETE FROM main.sqlite_stat1")
_TOLD = Fixed("INSERT INTO main.sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :figures)")
_READ = Fixed("ANALYZE sqlite_schema")
"""It counts nothing, but lets this connection read what others read when they open the file."""


def tell(session: Session) -> None:
    """Tell the planner what is `KNOWN`, and nothing else. Nothing to do on PostgreSQL."""
    if session.dialect.name != "sqlite":
        return
    _MADE.run(session, {})
    _NOTHING.run(session, {})
    _TOLD.run_many(session, [{"table": table, "index": index, "figures": figures} for table, index, figures in KNOWN])
    _READ.run(session, {})


__all__ = ["KNOWN", "tell"]
