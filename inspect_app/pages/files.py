"""The file that came with a form: it goes into the store of files before any act speaks of it; or it is a table, from which rows are taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import request
from werkzeug.datastructures import MultiDict

from inspect_app import http, i18n
from inspect_app.errors import Problem
from inspect_app.forms.build import ROWS_OF, Drawn, File, Lists, draw
from inspect_app.forms.tables import rows_of
from inspect_app.imports.problems import NotReadable
from inspect_app.services import evidence
from workflows.inputs import Input, Many
from workflows.words import words

PAPER = File(label=words(en="File", vi="Tệp"),
             help=words(en="PDF, picture, text or office document. Without a file, the paper is registered by reference.",
                        vi="PDF, ảnh, văn bản hoặc tài liệu văn phòng. Không có tệp thì giấy tờ được đăng ký bằng dẫn chiếu."))
SCAN = File(label=words(en="The scan itself", vi="Tệp bản chụp"))
FROM_REPORTER = File(label=words(en="Picture or text", vi="Ảnh hoặc văn bản"), required=True,
                     help=words(en="JPEG, PNG, text or CSV. What a picture says of its maker, its place and its hour is taken out.",
                                vi="JPEG, PNG, văn bản thuần hoặc CSV. Thông tin về người chụp, nơi chụp, giờ chụp trong ảnh được xóa."))


@contextmanager
def stored(*, of_reporter: bool = False) -> Iterator[evidence.Kept | None]:
    """The file of this request, stored, while an act is tried that speaks of it; None where none came. Where no event came of it, it goes. Raises
    `Invalid`, at `/file`, where it is not what it says."""
    sent = request.files.get("file")
    kept = evidence.store(http.house(), sent.stream, sent.filename, sent.mimetype, of_reporter=of_reporter) if sent and sent.filename else None
    with evidence.until_told(http.house(), kept):
        yield kept


def drawn_with_rows(inputs: Sequence[Input], labels: Mapping[str, str], lists: Lists, sent: MultiDict[str, str] | None,
                    before: Mapping[str, object] | None = None) -> Drawn:
    """The form of an act, with what was `sent` or was there `before`; the rows of a table that came with it stand in place of those of its list."""
    name = request.form.get(ROWS_OF) if request.method == "POST" else None
    many = next((i for i in inputs if isinstance(i, Many) and i.from_table and i.name == name), None)
    taken, problems = (None, []) if many is None else _taken(many, lists)
    if sent is not None and many is not None and taken is not None:
        sent = MultiDict((key, value) for key, value in sent.items(multi=True) if not key.startswith(f"{many.name}-"))
        sent.update({f"{many.name}-{n}-{column}": value for n, row in enumerate(taken) for column, value in row.items()})
    drawn = draw(inputs, labels, lists, http.language(), sent, before)
    drawn.tables, drawn.taken = True, len(taken) if taken is not None else None
    drawn.show(problems)
    return drawn


def _taken(many: Many, lists: Lists) -> tuple[list[dict[str, str]] | None, list[Problem]]:
    """The rows of the table that came for a list, and what is wrong with them in the reader's words; None where nothing can be taken."""
    language, file = http.language(), request.files.get(f"{many.name}-file")
    if file is None or not file.filename:
        return None, [Problem(f"/{many.name}", "required", i18n.say(language, "form.file_needed"))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("table.xlsx" if file.filename.lower().endswith(".xlsx") else "table.csv")
        file.save(path)
        try:
            rows, problems = rows_of(path, many, lists)
        except NotReadable as error:
            columns = ", ".join(i.label.say(language) for i in many.of)
            why = error.says.say(language)
            return None, [Problem(f"/{many.name}", "unreadable", i18n.say(language, "table.unreadable", columns=columns, why=why))]
    words = {"not_listed": "table.not_listed", "too_many": "table.too_many"}
    return rows, [p._replace(message=i18n.say(language, words[p.code], said=p.message)) for p in problems]


__all__ = ["FROM_REPORTER", "PAPER", "SCAN", "drawn_with_rows", "stored"]
