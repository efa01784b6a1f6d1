"""Papers are administered on pages: how each reads before any case draws it, its versions and what differs, and nothing of it is carried out. And
beside them where rights come from, and what was published of figures."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from config import Settings
from inspect_app.services import numbers, offices, paper_laws, paper_previews, persons, publishing, queries
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import CONSOLE, Organisation

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
PLACE = "/organisation/papers/generic/order"
WRITE = "/organisation/do/change-paper-text?ruleset=generic&kind=order&language=en"
NUMBER = "/organisation/do/change-paper-numbering?ruleset=generic&kind=order"


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("admin")
    return visitor


def versions(org: Organisation) -> dict[str, int]:
    found: dict[str, int] = paper_laws.shown(org.house, "generic", "order")["versions"]
    return found


def test_every_kind_of_paper_reads_without_a_case_in_both_languages(admin: Visitor, org: Organisation) -> None:
    for name, rules in org.house.catalogue.rulesets_by_name.items():
        for code in () if rules.recorded else org.house.catalogue.papers(name):
            for language in ("en", "vi"):
                sheet = paper_previews.sheet(org.house, org["admin"], name, code, language)
                assert sheet.pieces and "{" not in "".join(words for piece in sheet.pieces for words in piece.words), (name, code, language)
    page = admin.get(f"{PLACE}?preview=vi")
    [article] = re.findall(r"<article.*?</article>", page.text, re.S)
    assert ("Head office" in article and "[tên vụ việc]" in article) or "[số vụ việc]" in article
    assert admin.get(f"{PLACE}/vi.pdf").data.startswith(b"%PDF-") and admin.get(f"{PLACE}/xx.pdf").status_code == 404


def test_a_text_is_looked_at_before_it_is_kept_and_keeps_no_number(admin: Visitor, org: Organisation) -> None:
    looked = admin.send(WRITE, text="# {title}\nOur words about {subject} by {part.team_lead}, {house}. <b>#panic()</b>", look="1")
    assert looked.status_code == 200 and versions(org)["en"] == 1
    assert "Our words about [title of the case] by [team leader], Head office. &lt;b&gt;#panic()&lt;/b&gt;" in looked.text
    assert admin.send(WRITE, text="{unheard_of}", look="1").status_code == 422
    number = admin.send(NUMBER, numbering="{number:03}-Q/{year}", look="1")
    assert f"001-Q/{queries.today(org.house).year}" in number.text and versions(org)["number"] == 1
    assert admin.send(NUMBER, numbering="{year}", look="1").status_code == 422
    with org.house.db.reading() as session:
        assert numbers.upcoming(session, "{#}-Q/2026", 2026) == 1


def test_versions_are_shown_with_what_differs_and_can_be_written_anew(admin: Visitor, org: Organisation) -> None:
    assert "nothing was changed here" in admin.get(PLACE).text
    assert admin.send(WRITE, text="# {title}\nThe first words.").status_code == 303
    assert admin.send(WRITE, text="# {title}\nThe second words.").status_code == 303
    kept = [one for one in paper_laws.shown(org.house, "generic", "order")["kept"] if one["part"] == "en" and one["version"] == 2]
    page = admin.get(f"{PLACE}?version={kept[0]['hash']}").text
    assert 'class="line-old">- The first words.' in page and 'class="line-new">+ The second words.' in page
    assert "The first words." in admin.get(f"{WRITE}&version={kept[0]['hash']}").text
    assert admin.send(f"{WRITE}&version={kept[0]['hash']}", text="# {title}\nThe first words.").status_code == 303
    assert versions(org)["en"] == 4
    assert admin.get(f"{PLACE}?version={'0' * 64}").status_code == 404


def test_the_page_of_a_person_says_where_each_right_comes_from_and_nothing_of_cases(admin: Visitor, org: Organisation) -> None:
    day = queries.today(org.house)
    offices.delegate(org.house, CONSOLE, "head-w1", "head", "deputy", day.isoformat(), "2099-12-31", reason="leave")
    persons.grant(org.house, CONSOLE, "deputy", "officer", "HQ")
    text = admin.get(f"/organisation/people/{org['deputy'].id}").text
    assert "officer, also for the units below (3)" in text
    assert "answers for this office, delegated by Head Person" in text
    assert "sits on this body" in admin.get(f"/organisation/people/{org['boss'].id}").text
    assert "They have no rights but their own" in admin.get(f"/organisation/people/{org['stranger'].id}").text


def test_the_page_of_published_figures_lists_editions_with_their_hash_and_what_comes_next(app: Flask, admin: Visitor, org: Organisation) -> None:
    org.open()
    page = admin.get("/administration/figures").text
    assert "is published by itself on" in page and "No figures were published yet" in page
    quarter = publishing.named(publishing.days_of(publishing.named(queries.today(org.house)))[0].replace(day=1))
    year, n = int(quarter[:4]), int(quarter[-1])
    before = f"{year if n > 1 else year - 1}-q{n - 1 or 4}"
    made = publishing.publish(org.house, CONSOLE, before)
    listed = admin.get("/administration/figures").text
    assert made.sha256[:16] in listed and "as it was published" in listed and f"/figures/{before}" in listed
    other = Visitor(app)
    other.sign_in("chair")
    assert other.get("/administration/figures").status_code == 403
