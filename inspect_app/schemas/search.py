"""The gate for searching, and how what was found is shown."""

from __future__ import annotations

from typing import Any

from inspect_app.schemas.drawn import closed, ref
from inspect_app.schemas.organisation import schema_of
from inspect_app.schemas.shapes import CURSOR, TEXT, TRUTH, many

ASKED = {"q": "text", "reason": "text", "limit": "whole", "cursor": "text"}
SEARCH_SHAPES: dict[str, dict[str, Any]] = {
    "AskSearch": schema_of(ASKED, ("q",)),
    "SearchResult": closed({"cases": many(ref("ListedCase")), "cursor": CURSOR,
                            "noted": TRUTH | {"description": "The words are a person's name, and the search was noted with its reason."}}),
    "Searches": closed({"searches": many(closed({"by": TEXT, "names": many(TEXT), "on": {"type": "string", "format": "date"}, "reason": TEXT})),
                        "cursor": CURSOR}),
}
"""Questions and answers, for the description."""
