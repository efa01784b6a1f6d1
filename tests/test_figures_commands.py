"""Published figures from the shell."""

from __future__ import annotations

from tests.test_organisation_commands import shell

__all__ = ["shell"]


def test_figures_are_published_once_listed_and_revised_only_where_something_changed(shell: object) -> None:
    run = shell
    assert callable(run)
    assert run("figures list") == (0, "")
    status, said = run("figures publish 2026-q1")
    assert status == 0 and said.startswith("Published 2026-q1, edition 0, SHA-256 ")
    assert run("figures list")[1].startswith("2026-q1 0 ")
    assert '"quarter": "2026-q1"' in run("figures show 2026-q1")[1]
    for line in ("figures publish 2026-q1", "figures publish 2999-q1", "figures revise 2026-q1 --reason nothing", "figures show 2020-q1",
                 "figures show x"):
        status, said = run(line)
        assert status == 1 and said.startswith("inspect-app:"), line
