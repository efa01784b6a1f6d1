"""Where the tables of a register stand: files of a folder, of a zip, or given one by one; sheets of a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from inspect_app.imports.archives import MOST_UNPACKED, member, opened_archive
from inspect_app.imports.csv_rows import read_csv_table
from inspect_app.imports.problems import NotReadable
from inspect_app.imports.sheet_rows import IsHeading, Table
from inspect_app.imports.streams import no_file, no_right, open_log
from inspect_app.imports.workbooks import is_workbook, open_workbook
from inspect_app.imports.xlsx_rows import read_sheet
from workflows.words import words

TEXTS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Place(NamedTuple):
    """One table: what it is called (file without `.gz`, or sheet), the file it is in, and where in it."""

    name: str
    path: Path
    within: str | None = None
    sheet: bool = False

    @property
    def stem(self) -> str:
        """Its name without an ending, in lower case."""
        name = self.name.casefold()
        return name if self.sheet else name.rpartition(".")[0] or name


def places(paths: Sequence[Path]) -> list[Place]:
    """Every table in these files and folders. Raises `NotReadable`."""
    found: list[Place] = []
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.is_file() and file.name.lower().endswith((*TEXTS, ".xlsx")))
            if not files:
                raise NotReadable(words(en=f"there is no table in the folder “{path.name}”; it takes .csv, .csv.gz and .xlsx",
                                        vi=f"thư mục “{path.name}” không có bảng nào; chỉ nhận .csv, .csv.gz và .xlsx"))
            for file in files:
                found += _of_file(file)
        else:
            found += _of_file(path)
    if not found:
        raise NotReadable(words(en="no file was given; give a table (.csv, .csv.gz, .xlsx), a zip of tables, or a folder of them",
                                vi="chưa có tệp nào; hãy đưa một bảng (.csv, .csv.gz, .xlsx), một tệp zip gồm các bảng, hoặc một thư mục"))
    names = [place.name.casefold() for place in found]
    if twice := next((place.name for place in found if names.count(place.name.casefold()) > 1), None):
        raise NotReadable(words(en=f"the table “{twice[:60]}” is there twice; give it once",
                                vi=f"bảng “{twice[:60]}” có hai lần; hãy chỉ đưa một lần"))
    return found


def _of_file(path: Path) -> list[Place]:
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except FileNotFoundError:
        raise NotReadable(no_file(path)) from None
    except (PermissionError, IsADirectoryError):
        raise NotReadable(no_right(path)) from None
    if path.stat().st_size > MOST_UNPACKED:
        raise NotReadable(words(en=f"“{path.name}” is larger than {MOST_UNPACKED // 2**30} GiB; send it in parts",
                                vi=f"“{path.name}” lớn hơn {MOST_UNPACKED // 2**30} GiB; hãy gửi thành nhiều phần"))
    if head.startswith(_OLD):
        raise NotReadable(words(en=f"“{path.name}” is an old workbook (.xls), or one locked with a password; save it as .xlsx without a password",
                                vi=f"“{path.name}” là bảng tính kiểu cũ (.xls), hoặc có đặt mật khẩu; hãy lưu thành .xlsx không có mật khẩu"))
    if not head.startswith(_ZIP):
        return [Place(_bare(path.name), path)]
    with opened_archive(path) as archive:
        if is_workbook(archive):
            return [Place(sheet, path, sheet, sheet=True) for sheet in open_workbook(archive, path.name).sheets]
        inside = [info.filename for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
        wrong = next((name for name in inside if not name.lower().endswith((".csv", ".tsv", ".txt"))), None)
        if wrong is not None or not inside:
            raise NotReadable(words(
                en=f"“{path.name}” holds {f'“{wrong[:60]}”' if wrong else 'nothing'}; a zip of a register holds tables (.csv) alone",
                vi=f"“{path.name}” {f'chứa “{wrong[:60]}”' if wrong else 'không chứa gì'}; tệp zip của sổ chỉ gồm các bảng (.csv)"))
        return [Place(Path(name).name, path, name) for name in inside]


def _bare(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name


def wanted(name: str, file: str | None, sheet: str | None, among: Sequence[Place], *, alone: bool) -> Place | None:
    """The place of a table of the mapping: by the file or sheet it names, else by its own name; `alone`, the one there is."""
    asked = sheet if sheet is not None else _bare(file) if file is not None else name
    for place in among:
        if place.name.casefold() == asked.casefold():
            return place
    stems = {asked.casefold(), asked.casefold().rpartition(".")[0], name.casefold()} - {""}
    close = [place for place in among if place.stem in stems]
    if len(close) == 1:
        return close[0]
    return among[0] if alone and len(among) == 1 else None


@contextmanager
def opened(place: Place, delimiter: str | None = None, encoding: str | None = None, is_heading: IsHeading | None = None) -> Iterator[Table]:
    """The table at a place, for as long as it is read. Its heading is the first row of which `is_heading` holds, else what looks like one. Raises
    `NotReadable`; `NothingThere` where there is no row."""
    if place.within is None:
        with open_log(place.path) as stream:
            yield read_csv_table(stream, place.name, delimiter, encoding, is_heading)
        return
    with opened_archive(place.path) as archive:
        if place.sheet:
            yield read_sheet(open_workbook(archive, place.path.name), place.within, is_heading)
            return
        inner = member(archive, place.within)
        if inner is None:
            raise NotReadable(words(en=f"“{place.name}” is no longer in the archive; save it again",
                                    vi=f"“{place.name}” không còn trong tệp nén; hãy lưu lại"))
        with inner:
            yield read_csv_table(inner, place.name, delimiter, encoding, is_heading)
