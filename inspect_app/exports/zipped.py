"""An archive (ZIP) that leaves while it is written: bytes out, in flat memory, with nothing ever looked back at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

ONE_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, so that the same content gives the same bytes."""
_ORDINARY_FILE = 0o100644 << 16


class Entry(NamedTuple):
    """One file of an archive: its name, its bytes in pieces; `large` where it may grow beyond 2 GB, `packed` unless it is packed already."""

    name: str
    pieces: Iterable[bytes]
    large: bool = False
    packed: bool = True


class _Outlet:
    """A file that can only be written to, and hands on what was written."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._held)
        self._held.clear()
        return data


def zipped(entries: Iterable[Entry], level: int = 6) -> Iterator[bytes]:
    """The entries as one archive, packed at this level of effort (1 to 9)."""
    outlet = _Outlet()
    to: Any = outlet  # its kinds ask for a `seek` that nothing here uses
    with ZipFile(to, "w", ZIP_DEFLATED, compresslevel=level) as archive:
        for name, pieces, large, packed in entries:
            info = ZipInfo(name, ONE_DAY)
            info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
            info.external_attr = _ORDINARY_FILE
            info._compresslevel = level  # type: ignore[attr-defined]
            with archive.open(info, "w", force_zip64=large) as entry:
                for piece in pieces:
                    entry.write(piece)
                    if data := outlet.taken():
                        yield data
            yield outlet.taken()
    yield outlet.taken()
