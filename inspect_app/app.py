"""The web application: the house, both doors, and nothing that is not declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import BadSetting, Settings
from inspect_app import api, http, log, pages
from inspect_app.access.policy import Policy
from inspect_app.services import founding
from inspect_app.services.house import House


class _App(Flask):
    """An application whose views are all plain functions: nothing is asked of each, at each request, whether it is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(settings: Settings, house: House | None = None) -> Flask:
    """The application for these settings. Raises LookupError where a route has no policy, `BadDefinition` where a pack is not
    sound, and in production `BadSetting` where debugging is on, a key is missing, or the address is plain http."""
    log.begin(settings.log_level)
    app = _App("inspect_app")
    app.extensions["house"] = house or founding.open_house(settings)
    if settings.mode == "production" and app.debug:
        raise BadSetting("The application is not served in production with debugging on; take FLASK_DEBUG away.")
    founding.check_start(settings, app.extensions["house"])
    if settings.mode == "production":
        app.config["TRUSTED_HOSTS"] = [urlsplit(settings.public_url).hostname]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.config.update(HTTPS=settings.is_https, MAX_CONTENT_LENGTH=64 * 2**20, MAX_FORM_MEMORY_SIZE=16 * 2**20, MAX_FORM_PARTS=5000,
                      SEND_FILE_MAX_AGE_DEFAULT=3600, MODE=settings.mode, OPEN_LOG=settings.open_log)
    http.install(app, pages.refusal)
    api.register(app)
    pages.register(app)
    http.every_policy_is_declared(app)
    return app


def operations(app: Flask) -> list[tuple[str, str, Policy]]:
    """(path, method, action) of everything the application answers to, sorted."""
    return sorted((rule.rule, method, http.policy_of(app, rule.endpoint, method)) for rule in app.url_map.iter_rules()
                  for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})
