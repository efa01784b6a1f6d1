"""The administrative acts on papers as forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_app.errors import NotFound
from inspect_app.exports.papers import Sheet
from inspect_app.pages.doing import Doing, Told
from inspect_app.services import paper_laws, paper_previews
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.inputs import Text
from workflows.paper_text import LONGEST
from workflows.words import LANGUAGES, words


def _text(house: House, at: Told) -> Mapping[str, Any]:
    row = paper_laws.shown(house, at["ruleset"], at["kind"])
    if at["language"] not in row["texts"]:
        raise NotFound
    if at.get("version"):
        return {"text": paper_previews.version(house, at["ruleset"], at["kind"], at["version"]).says}
    return {"text": row["texts"][at["language"]]["text"]}


def _scheme(house: House, at: Told) -> Mapping[str, Any]:
    if at.get("version"):
        return {"numbering": paper_previews.version(house, at["ruleset"], at["kind"], at["version"]).says}
    return {"numbering": paper_laws.shown(house, at["ruleset"], at["kind"])["numbering"]}


def _look_at_text(house: House, actor: Actor, told: Told, at: Told) -> Sheet:
    return paper_previews.sheet(house, actor, at["ruleset"], at["kind"], at["language"], str(told.get("text") or ""))


def _look_at_number(house: House, actor: Actor, told: Told, at: Told) -> Sheet:
    language = actor.language if actor.language in LANGUAGES else LANGUAGES[0]
    return paper_previews.sheet(house, actor, at["ruleset"], at["kind"], language, numbering=str(told.get("numbering") or ""))


PAPERS: Mapping[str, Doing] = {
    "change-paper-text": Doing(
        words(en="Write the text of a paper", vi="Soạn mẫu văn bản"),
        (Text(name="text", label=words(en="Text", vi="Nội dung mẫu"), at_most=LONGEST, lines=True,
              help=words(en="Places stand in braces; which there are is listed on the page before. “# ” is a title, “## ” a heading, “- ” an item, "
                            "“? ” a paragraph that is left out where it has nothing to say, “___ 3” three lines to write on, “[left | right]” stands "
                            "side by side.",
                         vi="Chỗ điền để trong ngoặc nhọn; danh sách ở trang trước. “# ” là tiêu đề, “## ” là đề mục, “- ” là mục, “? ” là "
                            "đoạn bỏ qua khi không có dữ liệu, “___ 3” là ba dòng kẻ để viết, “[trái | phải]” đặt cạnh nhau.")),),
        lambda h, a, t, at, k: paper_laws.change_text(h, a, at["ruleset"], at["kind"], at["language"], str(t.get("text") or ""), key=k),
        "paper", ("ruleset", "kind", "language"), _text,
        words(en="A new version; what was drawn before keeps its own.", vi="Tạo phiên bản mới; văn bản đã lập giữ mẫu của mình."), _look_at_text),
    "change-paper-numbering": Doing(
        words(en="Number such papers", vi="Quy ước đánh số"),
        (Text(name="numbering", label=words(en="Numbering", vi="Số, ký hiệu"), at_most=100, required=False,
              help=words(en="{number} or {number:02} once, and {year}, {body}, {unit} as wanted. Nothing: such a paper bears no number. Papers whose "
                            "numbers would read alike count in one series, from 1 each year.",
                         vi="{number} hoặc {number:02} một lần, thêm {year}, {body}, {unit} nếu cần. Để trống: văn bản không đánh số. Văn bản có "
                            "cùng ký hiệu dùng chung một dãy số, mỗi năm bắt đầu từ 1.")),),
        lambda h, a, t, at, k: paper_laws.change_scheme(h, a, at["ruleset"], at["kind"], str(t.get("numbering") or ""), key=k),
        "paper", ("ruleset", "kind"), _scheme, look=_look_at_number),
}
"""Forms by the last part of their address, beside those of the organisation."""
