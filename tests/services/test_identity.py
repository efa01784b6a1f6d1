"""Who someone is: passwords and their keys, tries that wait, sessions, second factors, one-time links, tokens."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from config import BadSetting
from inspect_app.errors import Invalid, NotFound, TooMany, Unknown
from inspect_app.models import account, event, one_time_code, one_time_link, sign_in_try, token
from inspect_app.now import hold, now
from inspect_app.services import factors, identity, keys, links, passwords, persons, sessions, tokens, tries
from inspect_app.services.house import House
from inspect_app.services.sessions import MINUTE, Place
from tests.services.organisation import PASSWORD, Organisation
from workflows.acts import Actor

HERE, THERE = Place("192.0.2.1", "Firefox"), Place("198.51.100.7", "Chrome")
CONSOLE = Actor("console:test", "console")
GOOD = "seven brown kettles sing"


def secret_of(org: Organisation, login: str, place: Place = HERE, password: str = PASSWORD) -> str:
    done = identity.sign_in(org.house, login, password, place)
    assert done.secret is not None
    return done.secret


def with_app(org: Organisation, login: str) -> pyotp.TOTP:
    """Set up an app for someone; time moves on, so that the next code is a new one."""
    secret = factors.begin_totp(org[login])
    with hold(now() - 5 * MINUTE):
        factors.confirm_totp(org.house, org[login], factors.pending(org.house, org[login], secret), pyotp.TOTP(secret).at(now() // 1_000_000))
    return pyotp.TOTP(secret)


def code_of(app: pyotp.TOTP) -> str:
    return app.at(now() // 1_000_000)


def history(org: Organisation) -> list[str]:
    with org.house.db.reading("all") as session:
        return list(session.execute(select(event.c.trigger).order_by(event.c.id)).scalars())


def test_a_password_is_kept_as_argon2id_of_a_peppered_text_and_another_pepper_opens_nothing(org: Organisation, tmp_path: Path) -> None:
    kept = passwords.hashed(org.house, GOOD)
    assert kept.split(":")[1].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.holds(org.house, kept, GOOD)
    assert not passwords.holds(org.house, kept, GOOD + "!")
    keys.make(tmp_path / "others")
    with pytest.raises(BadSetting, match="bring the file back"):
        passwords.holds(replace(org.house, keys=tmp_path / "others"), kept, GOOD)


def test_a_password_of_before_the_pepper_still_opens_and_is_made_anew_at_sign_in(org: Organisation) -> None:
    bare = passwords._HASHER.hash(GOOD)
    with org.house.db.atomic() as session:
        session.execute(update(account).where(account.c.login == "one").values(password_hash=bare))
    secret_of(org, "one", password=GOOD)
    with org.house.db.reading() as session:
        kept = session.execute(select(account.c.password_hash).where(account.c.login == "one")).scalar_one()
    assert not passwords.is_dated(org.house, kept)
    secret_of(org, "one", password=GOOD)


def test_after_a_key_was_rotated_the_old_password_opens_and_is_made_anew_under_the_new_one(org: Organisation, tmp_path: Path) -> None:
    house = replace(org.house, keys=tmp_path / "keys")
    keys.make(house.keys)
    kept = passwords.hashed(house, GOOD)
    sealed = keys.seal(house, "a secret", "a purpose")
    name = keys.rotate(house.keys, keys.PEPPER)
    keys.rotate(house.keys, keys.FACTORS)
    assert passwords.holds(house, kept, GOOD)
    assert passwords.is_dated(house, kept)
    assert passwords.hashed(house, GOOD).startswith(f"{name}:")
    assert keys.unseal(house, sealed, "a purpose") == "a secret"


def test_what_is_sealed_for_one_purpose_is_not_opened_for_another_nor_when_it_was_changed(org: Organisation) -> None:
    sealed = keys.seal(org.house, "a secret", "for one")
    assert keys.unseal(org.house, sealed, "for one") == "a secret"
    assert keys.unseal(org.house, sealed, "for another") is None
    last = "A" if sealed[-5] != "A" else "B"
    assert keys.unseal(org.house, f"{sealed[:-5]}{last}{sealed[-4:]}", "for one") is None
    assert keys.unseal(org.house, "nonsense", "for one") is None


@pytest.mark.parametrize("wrong", [
    "short", "fourteen chars", "password password", "aaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "123456789012345678", "abcdefghijklmnopqrs",
    "passwordpassword", "qwertyuiopasdfgh123", "Chair Person 2026", "anhyeuemnhieulam", "x" * 1001])
def test_a_password_that_would_be_tried_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        passwords.check(wrong, wrong, second_factor=False, about=("chair", "Chair Person"))


def test_eight_characters_are_enough_beside_a_second_factor_and_fifteen_alone() -> None:
    passwords.check("kettle-9", "kettle-9", second_factor=True)
    passwords.check(GOOD, GOOD, second_factor=False)
    passwords.check("trời hôm nay xanh", "trời hôm nay xanh", second_factor=False)
    with pytest.raises(Invalid, match="at least 15"):
        passwords.check("kettle-9", "kettle-9", second_factor=False)
    with pytest.raises(Invalid, match="not the same"):
        passwords.check(GOOD, GOOD + ".", second_factor=False)


def test_a_composed_and_a_decomposed_letter_are_the_same_password(org: Organisation) -> None:
    kept = passwords.hashed(org.house, "tr\u1eddi hôm nay xanh")
    assert passwords.holds(org.house, kept, "tro\u031b\u0300i ho\u0302m nay xanh")


def test_who_guesses_waits_longer_and_longer_and_nobody_else_does(org: Organisation) -> None:
    for _ in range(5):
        with pytest.raises(Unknown):
            identity.sign_in(org.house, "chair", "wrong", THERE)
    with pytest.raises(TooMany) as first:
        identity.sign_in(org.house, "chair", PASSWORD, THERE)
    assert 0 < first.value.wait <= 10
    assert secret_of(org, "chair", HERE), "a stranger's guesses lock nobody out"
    with hold(now() + 11_000_000), pytest.raises(Unknown):
        identity.sign_in(org.house, "chair", "wrong", THERE)
    with hold(now() + 12_000_000), pytest.raises(TooMany) as second:
        identity.sign_in(org.house, "chair", PASSWORD, THERE)
    assert second.value.wait > 10
    with hold(now() + 60 * 60_000_000 + 12_000_000):
        assert secret_of(org, "chair", THERE)


def test_an_address_that_guesses_at_many_accounts_waits_for_all_of_them(org: Organisation) -> None:
    for n in range(30):
        tries.begin(org.house, tries.at_sign_in(f"someone{n}", THERE.address))
    with pytest.raises(TooMany):
        identity.sign_in(org.house, "chair", PASSWORD, THERE)
    assert secret_of(org, "chair", HERE)


def test_a_right_password_forgets_the_wrong_ones(org: Organisation) -> None:
    for _ in range(4):
        with pytest.raises(Unknown):
            identity.sign_in(org.house, "chair", "wrong", HERE)
    secret_of(org, "chair", HERE)
    with org.house.db.reading() as session:
        kept = session.execute(select(sign_in_try.c.kind, func.count()).group_by(sign_in_try.c.kind)).all()
    assert [tuple(row) for row in kept] == [("address", 4)]


@given(st.integers(2**125, 2**126), st.integers(0, 2**64 - 1))
def test_an_ipv6_network_of_64_bits_is_one_address(one: int, host: int) -> None:
    other = one >> 64 << 64 | host
    assert tries.network(str(IPv6Address(one))) == tries.network(str(IPv6Address(other)))
    assert tries.network(str(IPv6Address(one))) != tries.network(str(IPv6Address(one + 2**64)))


def test_an_account_without_a_password_or_switched_off_lets_nobody_in(org: Organisation) -> None:
    with org.house.db.atomic() as session:
        session.execute(update(account).where(account.c.login == "one").values(password_hash=None))
        session.execute(update(account).where(account.c.login == "two").values(active=False))
    for login, password in (("one", ""), ("one", PASSWORD), ("two", PASSWORD), ("nobody", PASSWORD)):
        with pytest.raises(Unknown, match="do not belong together"):
            identity.sign_in(org.house, login, password, HERE)


def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(org: Organisation) -> None:
    here, there, third = (secret_of(org, "chair", place) for place in (HERE, THERE, THERE))
    found = sessions.listed(org.house, org["chair"].person_id)
    assert [(s.address, s.agent) for s in found].count(("198.51.100.7", "Chrome")) == 2
    signed = sessions.session_of(org.house, there)
    assert signed is not None
    with pytest.raises(NotFound):
        sessions.end(org.house, org["officer"], signed.id)
    sessions.end(org.house, org["chair"], signed.id)
    assert sessions.session_of(org.house, there) is None
    mine = sessions.session_of(org.house, here)
    assert mine is not None
    sessions.end_others(org.house, mine)
    assert sessions.session_of(org.house, here) is not None
    assert sessions.session_of(org.house, third) is None
    assert history(org)[-2:] == ["end_session", "end_sessions"]


def test_a_session_is_over_after_ten_hours_even_if_it_is_used(org: Organisation) -> None:
    start, secret = now(), secret_of(org, "chair")
    for minutes in range(15, 600, 15):
        with hold(start + minutes * MINUTE):
            signed = sessions.session_of(org.house, secret)
            assert signed is not None
            sessions.seen(org.house, signed)
    with hold(start + 601 * MINUTE):
        assert sessions.session_of(org.house, secret) is None


def test_proving_again_gives_the_session_a_new_secret_and_the_old_one_is_void(org: Organisation) -> None:
    old = secret_of(org, "chair")
    with hold(now() + 6 * MINUTE):
        signed = sessions.session_of(org.house, old)
        assert signed is not None
        assert not signed.is_fresh
        with pytest.raises(Unknown):
            identity.prove(org.house, signed, "wrong", "", HERE.address)
        new = identity.prove(org.house, signed, PASSWORD, "", HERE.address)
        again = sessions.session_of(org.house, new)
        assert again is not None
        assert again.is_fresh
        assert (again.id, again.csrf) == (signed.id, signed.csrf), "forms in other windows stay good"
        assert sessions.session_of(org.house, old) is None


def test_a_code_is_good_once_however_it_is_written(org: Organisation) -> None:
    app, chair = with_app(org, "chair"), org["chair"].person_id
    assert chair is not None
    code = code_of(app)
    assert factors.check(org.house, chair, code)
    for replayed in (code, f" {code[:3]} {code[3:]} ", f"{code[:3]}-{code[3:]}", "".join(chr(ord(c) + 0xFEE0) for c in code)):
        assert not factors.check(org.house, chair, replayed)


def test_a_code_with_spaces_is_accepted_and_cannot_be_used_again_without_them(org: Organisation) -> None:
    app, chair = with_app(org, "chair"), org["chair"].person_id
    assert chair is not None
    code = code_of(app)
    assert factors.check(org.house, chair, f"{code[:3]}\u00a0{code[3:]} ")
    assert not factors.check(org.house, chair, code)


def test_the_code_before_and_after_is_taken_and_none_further_away_nor_an_older_one_after_a_newer(org: Organisation) -> None:
    app, chair, seconds = with_app(org, "chair"), org["chair"].person_id, now() // 1_000_000
    assert chair is not None
    assert not factors.check(org.house, chair, app.at(seconds + 95))
    assert not factors.check(org.house, chair, app.at(seconds - 95))
    assert factors.check(org.house, chair, app.at(seconds))
    assert not factors.check(org.house, chair, app.at(seconds - 30))


def test_five_wrong_codes_and_even_the_right_one_waits_ten_minutes(org: Organisation) -> None:
    app, chair = with_app(org, "chair"), org["chair"].person_id
    assert chair is not None
    for _ in range(5):
        assert not factors.check(org.house, chair, "000000" if code_of(app) != "000000" else "111111")
    with pytest.raises(TooMany):
        factors.check(org.house, chair, code_of(app))
    with hold(now() + 10 * MINUTE + 1):
        assert factors.check(org.house, chair, code_of(app))


def test_the_secret_of_an_app_is_encrypted_and_belongs_to_one_person(org: Organisation) -> None:
    app = with_app(org, "chair")
    with org.house.db.atomic() as session:
        sealed = session.execute(select(account.c.totp_secret).where(account.c.login == "chair")).scalar_one()
        assert app.secret not in sealed
        session.execute(update(account).where(account.c.login == "one").values(totp_secret=sealed))
    one = org["one"].person_id
    assert one is not None
    assert not factors.check(org.house, one, code_of(app))


def test_an_enrolment_belongs_to_who_began_it_and_holds_ten_minutes(org: Organisation) -> None:
    sealed = factors.pending(org.house, org["chair"], factors.begin_totp(org["chair"]))
    with pytest.raises(Invalid, match="too long"):
        factors.from_pending(org.house, org["officer"], sealed)
    with hold(now() + 11 * MINUTE), pytest.raises(Invalid, match="too long"):
        factors.from_pending(org.house, org["chair"], sealed)


def test_a_sheet_has_ten_codes_each_good_once_and_a_new_sheet_voids_the_old(org: Organisation) -> None:
    chair = org["chair"].person_id
    assert chair is not None
    codes = factors.new_sheet(org.house, org["chair"])
    assert len(set(codes)) == 10
    with org.house.db.reading() as session:
        kept = list(session.execute(select(one_time_code.c.code_hash)).scalars())
    assert not {factors.normal(code) for code in codes} & set(kept)
    assert factors.check(org.house, chair, codes[3].lower().replace("-", " ").replace("0", "o").replace("1", "l"))
    assert not factors.check(org.house, chair, codes[3])
    assert factors.has(org.house, chair).codes == 9
    assert not factors.check(org.house, org["one"].person_id or 0, codes[4])
    factors.new_sheet(org.house, org["chair"])
    assert not factors.check(org.house, chair, codes[5])


def test_a_half_sign_in_ends_with_the_code_and_with_a_change_of_the_password(org: Organisation) -> None:
    codes = factors.new_sheet(org.house, org["chair"])
    half = identity.sign_in(org.house, "chair", PASSWORD, HERE).half
    assert half is not None
    with pytest.raises(Unknown, match="wrong"):
        identity.finish(org.house, half, "nothing", HERE)
    assert identity.finish(org.house, half, codes[0], HERE).secret is not None
    with hold(now() + 11 * MINUTE), pytest.raises(Unknown, match="too long"):
        identity.finish(org.house, half, codes[1], HERE)
    links.use(org.house, links.make(org.house, CONSOLE, "chair").rpartition("/")[2], GOOD, GOOD)
    with pytest.raises(Unknown, match="too long"):
        identity.finish(org.house, half, codes[2], HERE)


def test_with_a_link_a_person_sets_a_password_once_and_everything_of_before_ends(org: Organisation) -> None:
    session, text = secret_of(org, "chair"), tokens.create_token(org.house, "chair", "old", "read", 1)
    address = links.make(org.house, CONSOLE, "chair")
    assert address.startswith(f"{org.house.public_url}/welcome/")
    secret = address.rpartition("/")[2]
    with pytest.raises(Unknown):
        tokens.token_actor(org.house, secret)
    with pytest.raises(Invalid, match="at least 15"):
        links.use(org.house, secret, "short", "short")
    links.use(org.house, secret, GOOD, GOOD)
    with pytest.raises(NotFound):
        links.use(org.house, secret, GOOD, GOOD)
    assert sessions.session_of(org.house, session) is None
    with pytest.raises(Unknown):
        tokens.token_actor(org.house, text)
    with pytest.raises(Unknown):
        identity.sign_in(org.house, "chair", PASSWORD, HERE)
    assert secret_of(org, "chair", password=GOOD)
    assert history(org)[-2:] == ["make_link", "use_link"]


def test_a_link_ends_with_its_day_and_with_the_next_one(org: Organisation) -> None:
    first = links.make(org.house, CONSOLE, "chair").rpartition("/")[2]
    second = links.make(org.house, CONSOLE, "chair").rpartition("/")[2]
    with pytest.raises(NotFound):
        links.look(org.house, first)
    assert links.look(org.house, second).purpose == "reset"
    with hold(now() + links.DAY + 1), pytest.raises(NotFound):
        links.look(org.house, second)
    with org.house.db.reading() as session:
        assert second not in session.execute(select(one_time_link.c.secret_hash)).scalars().all()


def test_a_link_for_a_lost_factor_takes_it_away(org: Organisation) -> None:
    with_app(org, "chair")
    factors.new_sheet(org.house, org["chair"])
    links.use(org.house, links.make(org.house, CONSOLE, "chair", factor_lost=True).rpartition("/")[2], GOOD, GOOD)
    assert not factors.has(org.house, org["chair"].person_id)
    assert secret_of(org, "chair", password=GOOD)


def test_the_first_administrator_gets_a_link_until_there_is_one_who_signs_in(house: House) -> None:
    org = Organisation(house, {})
    first, second = links.first_administrator(org.house, CONSOLE), links.first_administrator(org.house, CONSOLE)
    assert first is not None
    assert second is not None
    with pytest.raises(NotFound):
        links.use(org.house, first.rpartition("/")[2], GOOD, GOOD)
    links.use(org.house, second.rpartition("/")[2], GOOD, GOOD)
    assert secret_of(org, "admin", password=GOOD)
    assert links.first_administrator(org.house, CONSOLE) is None


def test_a_person_who_is_added_has_no_password_until_they_set_one(org: Organisation) -> None:
    persons.add_person(org.house, CONSOLE, "Mai Lan", "W1", login="mai", language="vi")
    with pytest.raises(Unknown):
        identity.sign_in(org.house, "mai", "", HERE)
    secret = links.make(org.house, CONSOLE, "mai").rpartition("/")[2]
    assert links.look(org.house, secret) == ("Mai Lan", "mai", "first", False, "vi")


def test_a_token_holds_for_its_addresses_and_its_days(org: Organisation) -> None:
    text = tokens.create(org.house, org["officer"], org["officer"], tokens.wanted("sync", ["write"], 2, ["192.0.2.0/24", "2001:db8::/32"]))
    for address in ("192.0.2.77", "::ffff:192.0.2.77", "2001:db8::1"):
        assert tokens.token_actor(org.house, text, address)[1] == {"read", "write"}
    for address in ("198.51.100.1", "", "nonsense", "2001:db9::1"):
        with pytest.raises(Unknown, match="address"):
            tokens.token_actor(org.house, text, address)
    with hold(now() + 2 * 1440 * MINUTE + 1), pytest.raises(Unknown):
        tokens.token_actor(org.house, text, "192.0.2.77")


def test_what_is_wrong_with_a_token_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        tokens.wanted(" ", ["all"], 91, ["nowhere"])
    assert [p.pointer for p in refusal.value.problems] == ["/scopes", "/name", "/days", "/addresses"]
    assert tokens.wanted("x", ["decide"], 90).scopes == ("read", "write", "decide")


def test_only_its_person_lists_and_revokes_a_token(org: Organisation) -> None:
    text = tokens.create_token(org.house, "officer", "sync", "read", 1)
    id_ = tokens.listed(org.house, org["officer"].person_id)[0].id
    assert tokens.listed(org.house, org["chair"].person_id) == []
    assert not tokens.revoke(org.house, org["chair"], id_)
    assert tokens.revoke(org.house, org["officer"], id_)
    with pytest.raises(Unknown):
        tokens.token_actor(org.house, text)
    with org.house.db.reading() as session:
        assert text not in str(session.execute(select(token)).all())
    assert history(org)[-2:] == ["create_token", "revoke_token"]


def test_no_secret_stands_in_the_administrative_history(org: Organisation) -> None:
    app, codes = with_app(org, "chair"), factors.new_sheet(org.house, org["chair"])
    link = links.make(org.house, CONSOLE, "chair").rpartition("/")[2]
    secrets = [app.secret, *codes, tokens.create_token(org.house, "chair", "x", "read", 1), link]
    with org.house.db.reading("all") as session:
        from inspect_app.models import content

        told = b"".join(bytes(body) for body in session.execute(select(content.c.body)).scalars()).decode()
    assert "set_up_app" in told
    assert not [secret for secret in secrets if secret in told]
