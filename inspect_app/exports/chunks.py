"""Small pieces become chunks worth sending; the first one leaves at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

CHUNK = 64 * 1024
FIRST = 1024


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of about 64 KB, the first one of about 1 KB, so that nobody waits for it."""
    held: list[bytes] = []
    size, enough = 0, FIRST
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= enough:
            yield b"".join(held)
            held.clear()
            size, enough = 0, CHUNK
    if held:
        yield b"".join(held)
