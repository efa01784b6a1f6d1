"""The transparency log: which event stands where, the tree as tiles, checkpoints, the map of heads, and the public halves of its keys.

No row here holds personal data: hashes, numbers and moments. One writer, the sequencer (and the signer, of `note`)."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from inspect_app.models.base import IMPERSONAL, Id, Moment, metadata

log_leaf = Table(
    "log_leaf", metadata,
    Column("idx", Id, primary_key=True, autoincrement=False),
    Column("event_id", Id, unique=True, nullable=False),
)
"""Places in the log. A place without a row holds the entry of a batch, which stands in its checkpoint."""

log_tile = Table(
    "log_tile", metadata,
    Column("level", Integer, primary_key=True),
    Column("idx", Id, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False, info=IMPERSONAL),
)
"""Tiles of C2SP tlog-tiles: 256 hashes each, the last of a level fewer."""

log_checkpoint = Table(
    "log_checkpoint", metadata,
    Column("size", Id, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("map_root", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("entry", LargeBinary, nullable=False, info=IMPERSONAL),
    Column("made_at", Moment, nullable=False),
    Column("note", Text, info=IMPERSONAL),
)
"""The tree after each batch; `entry` is its last leaf, `note` the signed checkpoint, missing until it is signed."""

log_head = Table(
    "log_head", metadata,
    Column("stream_id", Id, primary_key=True, autoincrement=False),
    Column("bucket", Integer, nullable=False),
    Column("key", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("rows", LargeBinary(32), nullable=False, info=IMPERSONAL),
    Column("salt", LargeBinary(16), nullable=False, info=IMPERSONAL),
    Index("ix_log_head_bucket", "bucket", "key"),
)
"""The entries of the map of heads, as the newest checkpoint commits to them; `salt` keeps anybody from guessing what `rows` stands for."""

log_map = Table(
    "log_map", metadata,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False, info=IMPERSONAL),
)
"""Hashes of the map at depth 8 (places from 256) and 16 (from 65,536)."""

log_key = Table(
    "log_key", metadata,
    Column("key", String(400), primary_key=True, info=IMPERSONAL),
    Column("announced_at", Moment, nullable=False),
)
"""Keys of the log and of its receipts, as signed notes write them; each was announced by an event of the administrative history."""
