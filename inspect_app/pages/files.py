"""The file that came with a form: it goes into the store of files before any act speaks of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from inspect_app import http
from inspect_app.forms.build import File
from inspect_app.services import evidence
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


__all__ = ["FROM_REPORTER", "PAPER", "SCAN", "stored"]
