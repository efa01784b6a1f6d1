"""Every column that holds words or bytes, or names a person, says whether it is personal: none is forgotten when content goes."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String

from inspect_app.models import metadata


def says_nothing(column: Column[object]) -> bool:
    """Whether a column that might be personal does not say so."""
    names_somebody = any(key.target_fullname == "person.id" for key in column.foreign_keys)
    return (names_somebody or isinstance(column.type, (String, LargeBinary))) and column.info.get("personal", 0) == 0


def test_every_column_of_words_bytes_or_persons_is_marked() -> None:
    assert [str(column) for table in metadata.sorted_tables for column in table.columns if says_nothing(column)] == []


def test_what_names_a_person_is_never_marked_impersonal() -> None:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "person.id" for key in column.foreign_keys):
                assert column.info["personal"] in ("case", "person"), str(column)
