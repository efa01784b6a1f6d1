"""Pages about access itself: why someone sees a case, and what an auditor is engaged for."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound
from inspect_app.services import engagements as engaged
from inspect_app.services.explaining import Explanation, explain, sentences

pages = Blueprint("access", __name__)


@pages.route("/access/explain", methods=["GET", "POST"])
@policy(GET=Policy.EXPLAINS, POST=Policy.EXPLAINS)
def why() -> str | tuple[str, int]:
    asked = {name: request.form.get(name, "").strip()[:100] for name in ("login", "case", "on")}
    if request.method == "GET":
        return render_template("explain.html", asked=asked, found=None, wrong=None)
    try:
        found = explain(http.house(), http.actor(), asked["login"], asked["case"], asked["on"] or None)
    except NotFound:
        return render_template("explain.html", asked=asked, found=None, wrong="explain.unknown"), 404
    except Invalid:
        return render_template("explain.html", asked=asked, found=None, wrong="explain.no_day"), 422
    return render_template("explain.html", asked=asked, found=found, wrong=None, grounds=sentences(http.house(), found, http.language()),
                           parts=[_role(found, role) for role in found.parts], acts=[_trigger(found, trigger) for trigger in found.acts])


def _role(found: Explanation, code: str) -> str:
    return i18n.role_label(http.house().catalogue.rulesets_by_name[found.ruleset], http.language(), code)


def _trigger(found: Explanation, trigger: str) -> str:
    return i18n.trigger_label(found.workflow, http.house().catalogue.rulesets_by_name[found.ruleset], http.language(), trigger)


@pages.get("/engagements")
@policy(GET=Policy.AUDITS)
def mine() -> str:
    return render_template("engagements.html", rows=engaged.engagements(http.house(), http.actor()))
