"""Every guard says its rule, in one sentence, in every shipped language: the sentence is also the refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.guards import GUARDS
from workflows.words import LANGUAGES, Words, words

ROOT = Path(__file__).parents[2]
OTHERWISE = {"mốc kiểm chứng": ("điểm kiểm tra", "điểm kiểm chứng"), "nhật ký": ("của sổ khi bắt đầu", "sổ được ký", "tình trạng sổ"),
             "mục": ("số lá", "lá trong nhật ký", "{size} lá"), "cuộc kiểm toán": ("đợt kiểm toán",), "gói hồ sơ": ("gói lịch sử", "gói xuất"),
             "quản trị viên": ("báo cho người quản trị", "báo quản trị.", "quản trị khác"), "liên kết": ("đường dẫn",), "phạm vi kín": ("khép kín",),
             "niêm phong": ("niêm kín", "được giữ kín"), "ghi nhận trong nhật ký": ("chứng thực\"",), "chứng minh danh tính": ("xác minh danh tính",)}
"""The Vietnamese word of a concept, and what it was called besides."""
PLACES = re.compile(r"\{([a-z_]+)\}")
VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


def flaws(sentence: Words) -> Iterator[str]:
    """What is wrong with a rule's sentence."""
    texts = dict(sentence.texts)
    for language in LANGUAGES:
        text = texts.get(language, "").strip()
        if not text:
            yield f"not in {language}"
        elif not text[0].isupper() and not text.startswith("{"):
            yield f"does not begin as a sentence: {text}"
        elif not text.endswith("."):
            yield f"does not end as a sentence: {text}"
        elif re.search(r"[.!?] \S", text):
            yield f"more than one sentence: {text}"
    if len({frozenset(PLACES.findall(texts.get(language, ""))) for language in LANGUAGES}) > 1:
        yield f"the languages name different things: {texts}"
    if texts.get("vi") and not VIETNAMESE.search(texts["vi"]):
        yield f"not Vietnamese: {texts['vi']}"


def test_there_are_guards() -> None:
    assert len(GUARDS) > 20


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_every_guard_says_its_rule_in_every_language(name: str) -> None:
    rule = GUARDS[name]
    assert [*flaws(rule.inner), *flaws(rule.outer)] == []


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_a_guard_is_a_statement_that_must_hold(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name)


@pytest.mark.parametrize(
    ("en", "vi"),
    [
        ("the person must be heard.", "Phải nghe người ấy."),
        ("The person must be heard", "Phải nghe người ấy."),
        ("The person must be heard. Always.", "Phải nghe người ấy."),
        ("The person must be heard.", "The person must be heard."),
        ("The person must be heard {times} times.", "Phải nghe người ấy."),
    ],
)
def test_a_flawed_sentence_is_caught(en: str, vi: str) -> None:
    assert list(flaws(words(en=en, vi=vi))) != []
    assert list(flaws(words(en="The person must be heard.", vi="Phải nghe người ấy."))) == []


def test_a_missing_language_is_caught() -> None:
    with pytest.raises(ValueError, match="vi"):
        words(en="The person must be heard.", vi=" ")


@pytest.mark.parametrize("term", OTHERWISE)
def test_a_concept_has_one_word_in_vietnamese(term: str) -> None:
    told = [ROOT / "inspect_app/translations/vi.toml", *ROOT.glob("docs/tutorials/*.vi.md"), *ROOT.glob("docs/reference/*.vi.md"),
            *ROOT.glob("workflows/*.py")]
    texts = {path.name: path.read_text(encoding="utf-8").casefold() for path in told}
    assert [(name, other) for name, text in texts.items() for other in OTHERWISE[term] if other in text] == []
    assert term in texts["vi.toml"]
