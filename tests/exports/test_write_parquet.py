"""Parquet: typed columns that read back as they were."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inspect_app.exports import parquet
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.parquet import SHAPE, join_parquet, write_parquet
from inspect_app.exports.template import filled

HOSTILE = ("=1+1", 'a "b", c', "two\r\nlines", " blanks ", "Đăng ký", "\x00", "'x")


def both(events: list[HistoryEvent]) -> tuple[Any, Any]:
    """What every fact, and what the standard facts, read back as."""
    return (pq.read_table(io.BytesIO(b"".join(write_parquet(events)))),
            pq.read_table(io.BytesIO(b"".join(join_parquet(filled(events, SHAPE))))))


def test_columns_have_the_type_of_what_they_hold(native: HistoryEvent) -> None:
    whole, lines = both([native._replace(fits=False)])
    assert whole.schema.field("occurred_at").type == pa.timestamp("us", "UTC")
    assert (whole.schema.field("seq").type, whole.schema.field("fits").type) == (pa.int64(), pa.bool_())
    [row] = whole.to_pylist()
    assert row["recorded_at"] == datetime(2006, 7, 23, 22, 0, 1, 500_000, UTC)
    assert (row["zone"], row["on_behalf_of"], row["fits"]) == ("+02:00", None, False)
    assert lines.to_pylist() == [{name: row[name] for name in lines.schema.names}]


def test_any_text_reads_back_by_either_way(native: HistoryEvent) -> None:
    events = [native._replace(actor=text, trigger=text, seq=n) for n, text in enumerate(HOSTILE)]
    for table in both(events):
        assert table.column("actor").to_pylist() == list(HOSTILE)


def test_groups_of_rows_are_written_as_they_come(native: HistoryEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 2)
    monkeypatch.setattr(parquet, "AT_ONCE", 1)
    raw = b"".join(write_parquet(native._replace(seq=n) for n in range(5)))
    assert pq.ParquetFile(io.BytesIO(raw)).num_row_groups == 3
    assert pq.read_table(io.BytesIO(b"".join(write_parquet([])))).num_rows == 0
