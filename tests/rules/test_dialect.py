"""The core speaks no dialect: the words of one organisation's own procedure stand in its pack and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest

from tests.rules.house import APPLICATION, Source, breaks, offences, sources

WRITTEN = (*(".py", ".html", ".js", ".css", ".svg", ".md", ".txt"), *(".toml", ".po", ".pot", ".json", ".mako", ".csv"))
PLACES = (*APPLICATION, "examples", "docs")
EXEMPT = re.compile(r"^(workflows/packs/|docs/glossary\.md$|docs/decisions/|docs/.*/packs/)")

# A word ends where letters and digits end, so that `cell_meeting` is two words.
ENDS, STARTS = r"(?![^\W_])", r"(?<![^\W_])"

WORDS = (
    *("cadres?", "comrades?", "self[-_ ]criticisms?", "self[-_ ]reviews?", "denunciations?", "denouncers?"),
    *("probationary", "grass[- ]?roots", "standing[-_ ]committees?", "pledges?", "expulsions?", "secretar(?:y|ies)"),
    *("exemplars?", "apology_held", "no_sanction", "politburo"),
    *("chi bộ", "đảng", "bí thư", "cấp (?:ủy|uỷ)", "ban thường vụ", "đồng chí", "khai trừ", "tự phê bình"),
    *("kiểm điểm", "(?:uỷ|ủy) ban kiểm tra", "cơ sở đảng", "quần chúng"),
)
FORBIDDEN = re.compile(f"{STARTS}(?:{'|'.join(WORDS)}){ENDS}", re.IGNORECASE)

# “Party” has a sense that every law shares, the party to a matter: it is any one of several, and said so.
# The organisation of that name is always *the* Party, or qualifies what follows. `vn_party` is the name of a pack.
SEVERAL = ("a ", "each ", "every ", "any ", "no ", "other ", "another ", "third ", "third-", "either ")
ONE_OF_SEVERAL = "".join(rf"(?<!\b{word})" for word in SEVERAL)
QUALIFIED = "cells?|members?|committees?|organi[sz]ations?|discipline|units?|branch(?:es)?|schools?|charter|rules?"
NAMED = f"(?<!vn_){STARTS}party"
PARTY = re.compile(f"{ONE_OF_SEVERAL}{NAMED}{ENDS}|{NAMED}[-_ ](?:{QUALIFIED}){ENDS}", re.IGNORECASE)

# “Cell” has a sense in tables and spreadsheets, and only the files that read or write tables use it.
OF_TABLES = re.compile(r"^(inspect_app/(exports|imports|static|templates)/|workflows/draw\.py$)")
CELL = re.compile(f"(?<!table-){STARTS}cells?{ENDS}", re.IGNORECASE)
GATHERED = "meetings?|members?|votes?|leaders?|conferences?"
CELL_OF_PEOPLE = re.compile(f"{STARTS}(?:party[-_ ]cells?|cells?[-_ ](?:{GATHERED})){ENDS}", re.IGNORECASE)


def stem(word: str) -> str:
    """The longest piece of a word's pattern that stands in whatever it finds."""
    return max(re.split(r"\(\?:[^)]*\)|\[[^\]]*\]\??|\w\?", word), key=len).casefold()


STEMS = ("party", "cell", *map(stem, WORDS))
"""A line without any of these needs no closer look."""


def speaks_dialect(source: Source) -> Iterator[str]:
    """No word of a pack stands in the core."""
    if EXEMPT.match(source.path):
        return
    patterns = [FORBIDDEN, PARTY, CELL_OF_PEOPLE if OF_TABLES.match(source.path) else CELL]
    for number, line in enumerate(unicodedata.normalize("NFC", source.text).splitlines(), 1):
        folded = line.casefold()
        if not any(one in folded for one in STEMS):
            continue
        for found in (found for pattern in patterns for found in pattern.finditer(line)):
            yield f"{source.path}:{number}: “{found.group()}” belongs into a pack"


def test_the_core_speaks_no_dialect() -> None:
    assert offences(speaks_dialect, sources(PLACES, WRITTEN)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("the cell meets", "cell_meeting", "the Party", "party member", "a party member", "PARTY_CELL"),
        *("cadre", "Comrades", "self-criticism", "self_criticism", "denunciation", "probationary", "grass-roots"),
        *("the standing committee", "a pledge", "expulsion", "the secretary", "self_review"),
        *("Chi bộ", "đảng viên", "Đảng ủy", "Bí thư", "cấp ủy", "cấp uỷ", "khai trừ", "bản tự kiểm điểm", "đồng chí"),
        unicodedata.normalize("NFD", "chi bộ"),
    ],
)
def test_a_word_of_a_pack_is_caught(text: str) -> None:
    assert breaks(speaks_dialect, "inspect_app/services/casework.py", text)
    assert breaks(speaks_dialect, "docs/tutorial.md", text)
    assert not breaks(speaks_dialect, "workflows/packs/vn_party/pack.toml", text)
    assert not breaks(speaks_dialect, "docs/decisions/0003-words.md", text)


@pytest.mark.parametrize(
    "text",
    [
        *("a party sees its own case", "handlers and parties", "third-party software", "readers=PARTIES"),
        *("each party is heard", "excellent", "cancelled", "display: table-cell", "a depot under vn_party"),
        *("department", "bình đẳng", "expelled"),
    ],
)
def test_the_words_of_every_law_pass(text: str) -> None:
    assert not breaks(speaks_dialect, "inspect_app/services/casework.py", text)


def test_a_cell_of_a_table_passes_where_tables_are_written() -> None:
    assert not breaks(speaks_dialect, "inspect_app/exports/xlsx.py", "the text of a cell")
    assert breaks(speaks_dialect, "inspect_app/exports/xlsx.py", "the cell meeting")
