"""The guard of papers that are drawn here. Registered with all others when this is imported."""

from __future__ import annotations

from workflows.acts import Act, Facts
from workflows.guards import guard


@guard(needs=(), inputs=True, vi="Văn bản do hệ thống lập từ mẫu; vào trang văn bản của vụ việc để lập.")
def paper_is_drawn_here(case: Facts, act: Act) -> bool:
    """A paper is drawn here from its text, on the page of papers of the case, and never sent in."""
    return act.stored_as is not None
