"""Members of a zip, read piece by piece; one that unpacks to more than an honest table would is refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from inspect_app.imports.problems import NotReadable
from inspect_app.imports.streams import FREE, RATIO
from workflows.words import words

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
"""What the library raises for an archive that is damaged, has a password, or is packed in a way that it does not know."""
MOST_MEMBERS = 2_000
MOST_UNPACKED = 2 * 2**30


class Member(io.RawIOBase):
    """The bytes of one member of a zip, counted as they come out."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._name = Path(info.filename).name[:60]
        self._packed = max(info.compress_size, 1)
        self._out = 0
        try:
            self._stream = archive.open(info)
        except DAMAGED as error:
            raise NotReadable(words(en=f"“{self._name}” in the archive cannot be read: {str(error)[:120]}; save it again without a password",
                                    vi=f"không đọc được “{self._name}” trong tệp nén; hãy lưu lại không có mật khẩu")) from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._stream.read(len(view))
        except DAMAGED as error:
            raise NotReadable(words(en=f"“{self._name}” in the archive is damaged ({str(error)[:120]}); save the file again",
                                    vi=f"“{self._name}” trong tệp nén bị hỏng; hãy lưu lại tệp")) from None
        self._out += len(data)
        if self._out > MOST_UNPACKED or (self._out > FREE and self._out > RATIO * self._packed):
            raise NotReadable(words(
                en=f"“{self._name}” in the archive unpacks to more than {RATIO} times its size, as no honest table does; save the table as CSV "
                   "and give that",
                vi=f"“{self._name}” trong tệp nén giải nén ra lớn hơn {RATIO} lần, bảng thông thường không như vậy; hãy lưu bảng thành CSV rồi gửi"))
        view[:len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def opened_archive(path: Path) -> zipfile.ZipFile:
    """The zip at `path`, to be closed by the caller. Raises `NotReadable`."""
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise NotReadable(words(en=f"“{path.name}” cannot be opened as a zip or a workbook ({str(error)[:120]}); save it again",
                                vi=f"không mở được “{path.name}” như tệp zip hay bảng tính; hãy lưu lại")) from None
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        raise NotReadable(words(en=f"“{path.name}” holds more than {MOST_MEMBERS} files; is it a register?",
                                vi=f"“{path.name}” chứa hơn {MOST_MEMBERS} tệp; đây có phải là sổ không?"))
    return archive


def member(archive: zipfile.ZipFile, name: str) -> BinaryIO | None:
    """One member by its name within the archive, None where there is none."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    return io.BufferedReader(Member(archive, info), 2**16)
