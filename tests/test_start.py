"""In production the application starts only when it is safe, and answers only to its own name; and the console makes the first account."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import BadSetting, Settings
from inspect_app.app import create_app
from inspect_app.cli.main import main
from inspect_app.services import founding, keys
from tests.services.organisation import PASSWORD, Organisation
from tests.services.test_identity import GOOD

HTTPS = "https://cases.example.org"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def production(settings: Settings, org: Organisation) -> Settings:
    org.house.mode = "production"
    return replace(settings, mode="production", public_url=HTTPS)


def visitor(production: Settings, org: Organisation) -> FlaskClient:
    return create_app(production, org.house).test_client()


def test_it_refuses_to_start_over_plain_http(production: Settings, org: Organisation) -> None:
    with pytest.raises(BadSetting, match="INSPECT_PUBLIC_URL must begin with https"):
        create_app(replace(production, public_url="http://cases.example.org"), org.house)


def test_it_refuses_to_start_with_debugging_on(production: Settings, org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(BadSetting, match="FLASK_DEBUG"):
        create_app(production, org.house)


def test_it_refuses_to_start_without_its_keys(production: Settings, org: Organisation, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"pepper\.key is missing"):
        create_app(production, replace(org.house, keys=tmp_path / "nothing"))


@pytest.mark.parametrize("held", ["", "00" * 32, "changeme", "abcd" * 16, "12" * 8])
def test_it_refuses_to_start_with_a_key_that_is_none(production: Settings, org: Organisation, tmp_path: Path, held: str) -> None:
    folder = tmp_path / "own"
    keys.make(folder)
    (folder / keys.FACTORS).unlink()
    (folder / keys.FACTORS).write_text(held)
    with pytest.raises(BadSetting, match="holds no key"):
        create_app(production, replace(org.house, keys=folder))


def test_it_refuses_to_start_with_other_keys_than_the_accounts_were_written_with(production: Settings, org: Organisation, tmp_path: Path) -> None:
    keys.make(tmp_path / "others")
    with pytest.raises(BadSetting, match="with which accounts were written is not in"):
        create_app(production, replace(org.house, keys=tmp_path / "others"))


def test_it_answers_to_its_own_name_only(production: Settings, org: Organisation) -> None:
    client = visitor(production, org)
    assert client.get("/sign-in", base_url=HTTPS).status_code == 200
    for path in ("/sign-in", "/api/v1/work", "/healthz", "/nowhere"):
        answer = client.get(path, base_url="https://elsewhere.example")
        assert answer.status_code == 400, path
        assert "elsewhere.example" not in answer.text
    assert client.post("/sign-in", base_url="https://elsewhere.example", data={"login": "chair"}, headers={"Origin": "https://elsewhere.example"}
                       ).status_code == 400


def test_the_cookie_is_bound_to_this_host_and_https_is_insisted_on(production: Settings, org: Organisation) -> None:
    client = visitor(production, org)
    answer = client.post("/sign-in", base_url=HTTPS, data={"login": "chair", "password": PASSWORD}, headers=OURS)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sid=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    for path in ("/", "/account", "/sign-in", "/static/app.css"):
        assert client.get(path, base_url=HTTPS).headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    for path in ("/", "/account", "/account/tokens"):
        assert client.get(path, base_url=HTTPS).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("proxies", "told", "address"), [
    (0, "198.51.100.7", "127.0.0.1"), (1, "198.51.100.7", "198.51.100.7"), (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
    (2, "6.6.6.6, 198.51.100.7, 192.0.2.1", "198.51.100.7")])
def test_an_address_is_believed_from_as_many_proxies_as_there_are(production: Settings, org: Organisation, proxies: int, told: str,
                                                                  address: str) -> None:
    client = visitor(replace(production, proxies=proxies), org)
    client.post("/sign-in", base_url=HTTPS, data={"login": "chair", "password": PASSWORD}, headers=OURS | {"X-Forwarded-For": told})
    assert address in client.get("/account/sessions", base_url=HTTPS, headers={"X-Forwarded-For": told}).text


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shaped: Callable[..., str]) -> Callable[..., None]:
    """Settings of an installation of its own for the console, in a mode."""

    def told(mode: str) -> None:
        for name, value in {"DATABASE_URL": f"sqlite:///{tmp_path / 'inspect.db'}", "MODE": mode, "PUBLIC_URL": HTTPS, "KEYS": str(tmp_path / "keys"),
                            "DATA": str(tmp_path / "data")}.items():
            monkeypatch.setenv(f"INSPECT_{name}", value)

    return told


def test_init_makes_keys_and_prints_a_link_until_the_first_administrator_has_come(
        console: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console("production")
    links = []
    for _ in range(2):
        assert main(["init"]) == 0
        links += re.findall(rf"{HTTPS}(/welcome/\S+)", capsys.readouterr().out)
    assert len(set(links)) == 2
    assert {path.name: oct(path.stat().st_mode)[-3:] for path in (tmp_path / "keys").iterdir()} == dict.fromkeys(
        ("pepper.key", "factors.key", "log.key", "receipt.key"), "400")
    client = create_app(Settings.read()).test_client()
    told = {"password": GOOD, "again": GOOD}
    assert client.post(links[0], base_url=HTTPS, data=told, headers=OURS).status_code == 404, "the newest link is the one that holds"
    assert client.post(links[1], base_url=HTTPS, data=told, headers=OURS).status_code == 303
    assert main(["init"]) == 0
    assert "/welcome/" not in capsys.readouterr().out
    (tmp_path / "keys" / "pepper.key").rename(tmp_path / "pepper.lost")
    assert main(["init"]) == 1
    assert "bring it back" in capsys.readouterr().err


def test_a_demonstration_brings_its_own_administrator(console: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    console("test")
    assert main(["init"]) == 0
    assert "/welcome/" in capsys.readouterr().out
    assert main(["demo", "--house", "hospital"]) == 0
    assert "admin" in capsys.readouterr().out
    console("demo")
    assert main(["init"]) == 0
    assert "/welcome/" not in capsys.readouterr().out


def test_the_console_makes_lists_and_revokes_tokens_and_ends_sessions(console: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    console("test")
    main(["init"])
    for told in (["unit", "add", "HQ", "Head office"], ["user", "add", "mai", "--name", "Mai Lan", "--unit", "HQ"]):
        assert main(told) == 0
    assert re.search(rf"{HTTPS}/welcome/\S+", capsys.readouterr().out)
    assert main(["user", "link", "mai"]) == 0
    assert capsys.readouterr().out.startswith(f"{HTTPS}/welcome/")
    asked = ["--scope", "decide", "--expires", "2d", "--from", "192.0.2.0/24", "--from", "2001:db8::/32"]
    assert main(["token", "create", "--user", "mai", *asked]) == 0
    id_ = capsys.readouterr().out.partition(".")[0].removeprefix("insp_")
    assert main(["token", "list", "mai"]) == 0
    assert f"{id_}  read,write,decide  192.0.2.0/24,2001:db8::/32" in capsys.readouterr().out
    assert id_.isalnum(), "no sign that the console takes for an option"
    assert main(["token", "revoke", id_]) == 0
    assert main(["token", "revoke", id_]) == 1
    assert main(["token", "create", "--user", "mai", "--expires", "91d"]) == 1
    with pytest.raises(SystemExit) as usage:
        main(["token", "create", "--user", "mai", "--scope", "everything"])
    assert usage.value.code == 64
    capsys.readouterr()
    assert main(["user", "sessions", "mai", "--end"]) == 0
    assert main(["user", "link", "nobody"]) == 1
    assert main(["key", "list"]) == 0
    before = capsys.readouterr().out
    assert main(["key", "rotate", "pepper"]) == 0
    new = capsys.readouterr().out.strip()
    assert main(["key", "list"]) == 0
    assert new in capsys.readouterr().out
    assert new not in before


def _given(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("INSPECT_MODE", "test")
    monkeypatch.setenv("INSPECT_DATABASE_URL", url)


@pytest.mark.parametrize("damage", ["cut off", "overwritten"])
def test_a_damaged_file_is_told_with_the_remedy(
        damage: str, tmp_path: Path, shaped: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "inspect.db"
    url = shaped("sqlite", str(file), None)
    held = file.read_bytes()
    file.write_bytes(held[:len(held) // 2] if damage == "cut off" else b"?" * len(held))
    damaged = file.read_bytes()
    _given(monkeypatch, url)
    assert main(["audit", "verify"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("inspect-app: the file of the database is damaged (") and said.count("\n") == 1 and "inspect-app restore" in said
    assert file.read_bytes() == damaged


def test_a_server_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _given(monkeypatch, "postgresql://someone:secret@127.0.0.1:1/inspect")
    assert main(["audit", "verify"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("inspect-app: the database cannot be reached (") and "INSPECT_DATABASE_URL" in said and "secret" not in said


def test_who_serves_reads_the_file_mapped_and_the_console_plainly(tmp_path: Path, shaped: Callable[..., str]) -> None:
    settings = Settings(database_url=shaped("sqlite", str(tmp_path / "inspect.db"), None), mode="test", data=tmp_path)
    for background in (True, False):
        house = founding.open_house(settings, background=background)
        assert founding.is_founded(house.db)
        assert (str(tmp_path / "inspect.db\n") in Path("/proc/self/maps").read_text()) is not background
        house.db.close()
