"""Settings are typed, have defaults, and a bad one is refused in a sentence that tells the remedy."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config import BadSetting, Settings

DEMO = {"INSPECT_MODE": "demo"}
PRODUCTION = {"INSPECT_PUBLIC_URL": "https://cases.example.org/", "INSPECT_KEYS": "/srv/keys"}


def test_a_demonstration_needs_no_settings() -> None:
    assert Settings.read(DEMO) == Settings(
        database_url="sqlite:///var/inspect.db",
        database_owner_url=None,
        database_worker_url=None,
        mode="demo",
        public_url="http://127.0.0.1:8000",
        data=Path("var/data"),
        keys=Path("var/keys"),
        packs=(),
        timezone=ZoneInfo("Asia/Ho_Chi_Minh"),
        smtp_url=None,
        log_level="info",
        proxies=0,
        oidc_issuer=None,
        oidc_client_id=None,
        oidc_client_secret=None,
    )


def test_without_a_mode_it_is_production() -> None:
    settings = Settings.read(PRODUCTION)
    assert settings.mode == "production"
    assert settings.public_url == "https://cases.example.org"
    assert settings.is_https


def test_every_setting_is_read(tmp_path: Path) -> None:
    told = {
        "INSPECT_DATABASE_URL": "postgresql://app@/cases",
        "INSPECT_DATABASE_OWNER_URL": "postgresql://owner@/cases",
        "INSPECT_DATABASE_WORKER_URL": "postgresql://worker@/cases",
        "INSPECT_MODE": "test",
        "INSPECT_PUBLIC_URL": "http://localhost:9000",
        "INSPECT_DATA": "/srv/data",
        "INSPECT_KEYS": "/srv/keys",
        "INSPECT_PACKS": f"{tmp_path}{os.pathsep}{tmp_path}",
        "INSPECT_TIMEZONE": "Europe/Rome",
        "INSPECT_SMTP_URL": "smtp://mail.example.org:25",
        "INSPECT_MAIL_FROM": "cases@example.org",
        "INSPECT_LOG_LEVEL": "DEBUG",
        "INSPECT_PROXIES": "2",
        "INSPECT_OPEN_LOG": "Yes",
        "INSPECT_OIDC_ISSUER": "https://login.example.org",
        "INSPECT_OIDC_CLIENT_ID": "inspect",
        "INSPECT_OIDC_CLIENT_SECRET": "a secret",
    }
    assert Settings.read(told) == Settings(
        database_url="postgresql+psycopg://app@/cases",
        database_owner_url="postgresql+psycopg://owner@/cases",
        database_worker_url="postgresql+psycopg://worker@/cases",
        mode="test",
        public_url="http://localhost:9000",
        data=Path("/srv/data"),
        keys=Path("/srv/keys"),
        packs=(tmp_path, tmp_path),
        timezone=ZoneInfo("Europe/Rome"),
        smtp_url="smtp://mail.example.org:25",
        mail_from="cases@example.org",
        log_level="debug",
        proxies=2,
        open_log=True,
        oidc_issuer="https://login.example.org",
        oidc_client_id="inspect",
        oidc_client_secret="a secret",
    )
    assert len(told) == len(dataclasses.fields(Settings)), "a setting is not covered here"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("INSPECT_MODE", "demonstration", "demo, test, production"),
        ("INSPECT_DATABASE_URL", "mysql://cases", "sqlite:/// or postgresql://"),
        ("INSPECT_DATABASE_OWNER_URL", "cases", "sqlite:/// or postgresql://"),
        ("INSPECT_PUBLIC_URL", "cases.example.org", "https://cases.example.org"),
        ("INSPECT_PACKS", "/nowhere/at/all", "pack.toml"),
        ("INSPECT_TIMEZONE", "Saigon", "Europe/Rome"),
        ("INSPECT_TIMEZONE", "../etc/passwd", "Europe/Rome"),
        ("INSPECT_TIMEZONE", "Europe", "Europe/Rome"),
        ("INSPECT_SMTP_URL", "mail.example.org", "smtp://"),
        ("INSPECT_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("INSPECT_PROXIES", "-1", "0 to 9"),
        ("INSPECT_OPEN_LOG", "perhaps", "no, yes"),
        ("INSPECT_OIDC_ISSUER", "login.example.org", "https://login.example.org"),
        ("INSPECT_OIDC_ISSUER", "https://login.example.org", "INSPECT_OIDC_CLIENT_ID"),
    ],
)
def test_a_bad_setting_is_refused_with_its_name_and_remedy(name: str, value: str, remedy: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        Settings.read(DEMO | {name: value})
    assert name in str(refusal.value)
    assert remedy in str(refusal.value)


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_production_insists_on_https_and_keys(name: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} .* production; for a trial set INSPECT_MODE=demo"):
        Settings.read({key: value for key, value in PRODUCTION.items() if key != name})


def test_an_empty_setting_is_no_setting() -> None:
    assert Settings.read(DEMO | {"INSPECT_TIMEZONE": " ", "INSPECT_SMTP_URL": ""}) == Settings.read(DEMO)


def test_a_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "# a trial\n\nINSPECT_MODE = demo\nINSPECT_TIMEZONE='Europe/Rome'\nINSPECT_PUBLIC_URL=http://file.example\n"
    (tmp_path / ".env").write_text(lines, "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("INSPECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INSPECT_PUBLIC_URL", "http://environment.example")
    settings = Settings.read()
    assert settings.mode == "demo"
    assert settings.timezone == ZoneInfo("Europe/Rome")
    assert settings.public_url == "http://environment.example"


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.read(DEMO).mode = "production"  # type: ignore[misc]
