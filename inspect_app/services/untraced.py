"""Pictures without what they say of their maker: camera, place, hour, program, name. Bytes in, bytes out; nothing of the picture changes."""

from __future__ import annotations

JPEG_KEPT = frozenset({0xE0, 0xE2, 0xEE})
"""Application segments that say how the colours are meant: JFIF, ICC, Adobe. All others (EXIF, XMP, IPTC) and comments go."""
JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"})
"""Chunks that make the picture; texts, times and EXIF go."""


def jpeg(data: bytes) -> bytes | None:
    """A JPEG without application segments and comments that tell of its maker; None where it is damaged."""
    kept, at = [data[:2]], 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            kept.append(data[at:at + 2])
            return b"".join(kept)
        length = 0 if marker in JPEG_ALONE else int.from_bytes(data[at + 2:at + 4], "big")
        after = at + 2 + length
        if after > len(data) or (length < 2 and marker not in JPEG_ALONE):
            return None
        if marker == 0xDA:
            after = _scan_end(data, after)
        if marker in JPEG_KEPT or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[at:after])
        at = after
    return b"".join([*kept, b"\xff\xd9"]) if len(kept) > 1 and at >= len(data) - 2 else None


def _scan_end(data: bytes, at: int) -> int:
    """Where the picture's own bytes end: at the next marker that is neither a stuffed byte nor a restart."""
    while (at := data.find(b"\xff", at)) != -1 and at + 1 < len(data):
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


def png(data: bytes) -> bytes | None:
    """A PNG with the chunks that make the picture and no others; None where it is damaged."""
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at:at + 4], "big")
        kind, after = data[at + 4:at + 8], at + 12 + length
        if after > len(data):
            return None
        if kind in PNG_KEPT:
            kept.append(data[at:after])
        if kind == b"IEND":
            return b"".join(kept)
        at = after
    return None
