"""Small pieces become chunks worth sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

CHUNK = 64 * 1024


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of about 64 KB."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(held)
            held.clear()
            size = 0
    if held:
        yield b"".join(held)
