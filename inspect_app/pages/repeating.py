"""A form that is sent twice acts once: under its own key, and where a browser that went back gives it again under a new one."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import request

from inspect_app import http, i18n
from inspect_app.services import repeated as recent
from inspect_app.services.ledger import Key


def key_of() -> Key:
    """The form's own Idempotency-Key: sent twice, it acts once."""
    return Key(f"page-{request.form.get('key', '')[:64] or token_urlsafe(16)}", _sent_under(request.form.get("key", "")))


def _sent_under(key: str) -> str:
    """The hash of this form as it would have been under a key."""
    told = sorted((k, key if k == "key" else v) for k, v in request.form.items(multi=True) if k != "csrf_token")
    return sha256(repr((request.path, told)).encode()).hexdigest()


def repeated() -> dict[str, Any] | None:
    """What the form says where the very same was recorded under another key a moment ago, and it was not asked to be recorded once more."""
    if "again" in request.form:
        return None
    own = f"page-{request.form.get('key', '')[:64]}"
    same = recent.just_now(http.house(), http.actor(), lambda key: "" if key == own else _sent_under(key.removeprefix("page-")))
    if same is None:
        return None
    return {"status": 409, "verdicts": (), "message": i18n.say(http.language(), "form.same_just_now", number=same.number), "same": same}


__all__ = ["key_of", "repeated"]
