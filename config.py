"""Settings, typed, from `INSPECT_*` variables or a file `.env`. The only place that looks at the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MODES = ("demo", "test", "production")
TIMEZONE = "Asia/Ho_Chi_Minh"
LOG_LEVELS = ("debug", "info", "warning", "error")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAIL_ADDRESS = re.compile(rf"(?=.{{3,254}}\Z)[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")
"""What counts as an address of mail: one address in ASCII, nothing around it, nothing quoted."""


class BadSetting(Exception):
    """A setting cannot be used; the sentence names the variable and the remedy."""


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between installations."""

    database_url: str = "sqlite:///var/inspect.db"
    database_owner_url: str | None = None
    database_worker_url: str | None = None
    mode: str = "production"
    public_url: str = "http://127.0.0.1:8000"
    data: Path = Path("var/data")
    keys: Path = Path("var/keys")
    packs: tuple[Path, ...] = ()
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo(TIMEZONE))
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    log_level: str = "info"
    proxies: int = 0
    open_log: bool = False
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @staticmethod
    def read(environ: Mapping[str, str] | None = None) -> Settings:
        """The settings of this process. Raises `BadSetting`."""
        told = _dotenv(Path(".env")) | dict(os.environ) if environ is None else dict(environ)

        def text(name: str, default: str) -> str:
            return told.get(f"INSPECT_{name}", "").strip() or default

        mode = _one_of("INSPECT_MODE", text("MODE", "production"), MODES)
        public = text("PUBLIC_URL", Settings.public_url).rstrip("/")
        if urlsplit(public).scheme not in ("http", "https") or not urlsplit(public).netloc:
            raise BadSetting("INSPECT_PUBLIC_URL must be an address such as https://cases.example.org.")
        if mode == "production":
            trial = "for a trial set INSPECT_MODE=demo."
            if not public.startswith("https://"):
                raise BadSetting(f"INSPECT_PUBLIC_URL must begin with https:// in production; {trial}")
            if not text("KEYS", ""):
                raise BadSetting(f"INSPECT_KEYS must name a folder of keys in production; {trial}")
        zone = text("TIMEZONE", TIMEZONE)
        try:
            timezone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadSetting(f"INSPECT_TIMEZONE is “{zone}”; set it to a zone such as Europe/Rome.") from None
        packs = tuple(Path(folder) for folder in text("PACKS", "").split(os.pathsep) if folder)
        for pack in packs:
            if not pack.is_dir():
                raise BadSetting(f"INSPECT_PACKS names “{pack}”, which is no folder; name those that hold a pack.toml.")
        smtp = text("SMTP_URL", "") or None
        if smtp and (urlsplit(smtp).scheme not in ("smtp", "smtps") or not urlsplit(smtp).hostname):
            raise BadSetting("INSPECT_SMTP_URL must be an address such as smtp://mail.example.org:25.")
        sender = text("MAIL_FROM", "") or None
        if sender and not MAIL_ADDRESS.fullmatch(sender):
            raise BadSetting("INSPECT_MAIL_FROM must be an address such as inspect@example.org.")
        proxies = text("PROXIES", "0")
        if not (proxies.isascii() and proxies.isdigit() and int(proxies) <= 9):
            raise BadSetting("INSPECT_PROXIES must be the number of proxies before the application, 0 to 9.")
        issuer, client, secret = text("OIDC_ISSUER", ""), text("OIDC_CLIENT_ID", ""), text("OIDC_CLIENT_SECRET", "")
        if issuer:
            if urlsplit(issuer).scheme not in (("https",) if mode == "production" else ("http", "https")) or not urlsplit(issuer).netloc:
                raise BadSetting("INSPECT_OIDC_ISSUER must be an address such as https://login.example.org, just as the provider names itself.")
            if not (client and secret):
                raise BadSetting("INSPECT_OIDC_CLIENT_ID and INSPECT_OIDC_CLIENT_SECRET must say who we are to the provider of INSPECT_OIDC_ISSUER.")
        owner, worker = text("DATABASE_OWNER_URL", ""), text("DATABASE_WORKER_URL", "")
        return Settings(
            database_url=_database("INSPECT_DATABASE_URL", text("DATABASE_URL", Settings.database_url)),
            database_owner_url=_database("INSPECT_DATABASE_OWNER_URL", owner) if owner else None,
            database_worker_url=_database("INSPECT_DATABASE_WORKER_URL", worker) if worker else None,
            mode=mode,
            public_url=public,
            data=Path(text("DATA", "var/data")),
            keys=Path(text("KEYS", "var/keys")),
            packs=packs,
            timezone=timezone,
            smtp_url=smtp,
            mail_from=sender,
            log_level=_one_of("INSPECT_LOG_LEVEL", text("LOG_LEVEL", "info").lower(), LOG_LEVELS),
            proxies=int(proxies),
            open_log=_one_of("INSPECT_OPEN_LOG", text("OPEN_LOG", "no").lower(), ("no", "yes")) == "yes",
            oidc_issuer=issuer or None,
            oidc_client_id=client or None,
            oidc_client_secret=secret or None,
        )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadSetting(f"{name} is “{value}”; set it to one of: {', '.join(allowed)}.")
    return value


def _database(name: str, url: str) -> str:
    """The address as SQLAlchemy wants it."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting(f"{name} must begin with sqlite:/// or postgresql://.")
    return url


def _dotenv(path: Path) -> dict[str, str]:
    """`NAME=value` lines of a file; blank lines and those that begin with # are skipped."""
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, value in pairs}
