"""Whether a sentence is told in both languages."""

from __future__ import annotations

import re

from workflows.words import Words

_ONLY_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def in_both(said: Words, english: str = "") -> bool:
    """Whether a sentence is another one in Vietnamese, and says nothing of `english` (a pattern) there."""
    told = said.say("vi")
    return told != said.say("en") and _ONLY_VIETNAMESE.search(told) is not None and not (english and re.search(english, told))
