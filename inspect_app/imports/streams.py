"""Opening a log: plain or gzip, told apart by its first bytes; a damaged or explosive archive is refused."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from inspect_app.imports.problems import NotReadable
from workflows.words import Words, words

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"
FREE = 64 * 2**20
"""So many bytes may come out of an archive, whatever its size."""
RATIO = 200
"""Beyond them, at most so many bytes for each byte read. Honest event logs stay below 100; a bomb reaches 1,000."""

_OTHERS = {
    b"PK\x03\x04": words(en="this is a ZIP archive or a workbook; unpack it, or save the table as CSV, and give the log itself",
                         vi="đây là tệp zip hoặc bảng tính; hãy giải nén, hoặc lưu bảng thành CSV, rồi gửi chính tệp đó"),
    **{magic: words(en=f"this is {a} archive; unpack it, or pack the file with gzip",
                    vi=f"đây là tệp nén {name}; hãy giải nén, hoặc nén lại bằng gzip")
       for magic, a, name in ((b"BZh91AY", "a bzip2", "bzip2"), (b"\xfd7zXZ", "an xz", "xz"), (b"(\xb5/\xfd", "a zstd", "zstd"))},
}


class _Unpacked(io.RawIOBase):
    """The bytes of a gzip archive, counted as they come out."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._gzip.read(len(view))
        except EOFError:
            raise NotReadable(words(en="the gzip archive ends too early; copy the file again, whole",
                                    vi="tệp nén gzip bị cụt; hãy sao chép lại trọn tệp")) from None
        except (gzip.BadGzipFile, zlib.error) as damage:
            raise NotReadable(words(en=f"the gzip archive is damaged ({damage}); copy the file again",
                                    vi="tệp nén gzip bị hỏng; hãy sao chép lại tệp")) from None
        self._out += len(data)
        if self._out > FREE and self._out > RATIO * self._packed.tell():
            raise NotReadable(words(
                en=f"the gzip archive unpacks to more than {RATIO} times its size, as no honest log does; if it is one, unpack it first and give the "
                   "plain file",
                vi=f"tệp nén gzip giải nén ra lớn hơn {RATIO} lần, tệp thông thường không như vậy; nếu đúng là tệp cần gửi, hãy giải nén trước"))
        view[:len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
            self._packed.close()
        super().close()


def no_file(path: Path) -> Words:
    """What is said of a file that is not there."""
    return words(en=f"there is no file “{path.name}”; check its name and folder", vi=f"không có tệp “{path.name}”; hãy kiểm tra tên và thư mục")


def no_right(path: Path) -> Words:
    """What is said of a file that may not be read."""
    return words(en=f"“{path.name}” may not be read by this account; allow it, or copy the file",
                 vi=f"tài khoản này không có quyền đọc “{path.name}”; hãy cấp quyền, hoặc sao chép tệp")


def open_log(path: Path) -> BinaryIO:
    """The bytes of a log file, unpacked where it is gzip. To be closed by the caller."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise NotReadable(no_file(path)) from None
    except IsADirectoryError:
        raise NotReadable(words(en=f"“{path.name}” is a folder; give the file of the log", vi=f"“{path.name}” là thư mục; hãy đưa tệp")) from None
    except PermissionError:
        raise NotReadable(no_right(path)) from None
    head = stream.peek(8)[:8]
    for magic, remedy in _OTHERS.items():
        if head.startswith(magic):
            stream.close()
            raise NotReadable(remedy)
    return io.BufferedReader(_Unpacked(stream), 2**18) if head.startswith(GZIP) else stream
