"""The operational log: one JSON line for what went wrong, with an incident number; never a body, a name or a field of a form."""

from __future__ import annotations

import logging
import sys
from secrets import token_hex

import structlog


def begin(level: str) -> None:
    """Write lines from `level` up to standard error."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def incident(error: BaseException, method: str, route: str) -> str:
    """Note an error that nobody foresaw; returns its number, which the answer names."""
    number = token_hex(6)
    structlog.get_logger().error("incident", number=number, method=method, route=route, kind=type(error).__name__, exc_info=error)
    return number


def denied(method: str, route: str, status: int, who: str | None) -> None:
    """Note that somebody was turned away: at which route, as whom; never an address, a number or a word of what they asked for."""
    structlog.get_logger().info("denied", method=method, route=route, status=status, who=who)


def refused_sign_in() -> None:
    """Note that a sign-in was refused, without saying whose."""
    structlog.get_logger().warning("sign_in_refused")


def trouble(what: str, how: str) -> None:
    """Note that work in the background cannot go on as it should: which work, and in a sentence why."""
    structlog.get_logger().error("trouble", what=what, how=how)
