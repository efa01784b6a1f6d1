"""The description is sound, says every status, and no request drawn from it gets an answer outside of it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS

from inspect_app import api
from tests.api.conftest import Callers
from tests.services.organisation import Organisation

WRITES = ("/cases", "/cases/{uid}/events", "/cases/{uid}/evidence", "/sittings", "/events:batch")


SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
"""The description is the same over every database."""


@SQLITE
def test_the_description_is_openapi_3_1_and_every_reference_in_it_leads_somewhere(app: Flask, org: Organisation) -> None:
    told = api.openapi(app)
    assert told["openapi"] == "3.1.0" and told["info"]["title"] and "responses" not in told["components"]

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    names = {r.removeprefix("#/components/schemas/") for r in references(told)}
    assert names <= set(told["components"]["schemas"])


@SQLITE
def test_every_operation_has_words_an_answer_and_problems(app: Flask, org: Organisation) -> None:
    told = api.openapi(app)
    for path, item in told["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            assert operation["summary"] and operation["description"].endswith("."), path
            assert operation["operationId"] and {"400"} <= set(operation["responses"]), path
            assert "401" in operation["responses"] or operation["security"] == [], path
    for path in WRITES:
        responses = set(told["paths"][f"/api/v1{path}"]["post"]["responses"])
        assert {"400", "401", "413", "415", "422"} <= responses, path
        if "{uid}" in path:
            assert {"403", "404", "409", "412", "428"} <= responses, path


@SQLITE
def test_every_rule_of_the_door_is_described(app: Flask, org: Organisation) -> None:
    described = {
        (path.replace("{", "<").replace("}", ">"), m.upper()) for path, item in api.openapi(app)["paths"].items() for m in item if m != "parameters"
    }
    rules = {
        (rule.rule, m) for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1") for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert len(described) == len(rules)


@SQLITE
def test_the_description_itself_can_be_read_by_anyone(callers: Callers) -> None:
    assert callers.nobody().get("/openapi.json").get_json() == api.openapi(callers.app)


def _probe(callers: Callers, examples: int, only: int | None = None) -> None:
    """Requests drawn from the description, sent as an officer and as a chair to cases of theirs; `only` to each second operation, from the first or
    from the second on."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", callers.app)
    checks = [
        check
        for name, check in (
            (n, CHECKS.get_one(n))
            for n in ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
        )
    ]
    made = [callers["officer"].open().get_json()["id"] for _ in range(3)]
    for number, found in enumerate(schema.get_all_operations()):
        operation = found.ok()  # type: ignore[union-attr]
        if only is not None and number % 2 != only:
            continue

        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        @given(
            case=operation.as_strategy(),
            login=st.sampled_from(["officer", "chair"]),
            uid=st.sampled_from(made),
            seen=st.integers(0, 3),
            ours=st.booleans(),
        )
        def probe(case: Any, login: str, uid: str, seen: int, ours: bool) -> None:
            if ours and "uid" in (case.path_parameters or {}):
                case.path_parameters["uid"] = uid
                if "If-Match" in (case.headers or {}):
                    case.headers["If-Match"] = f'"{seen}"'
            if ours and "name" in (case.path_parameters or {}):
                case.path_parameters["name"] = "inspection"
            case.call_and_validate(headers={"Authorization": f"Bearer {callers[login].token}"}, checks=checks)

        probe()


def test_no_request_drawn_from_the_description_gets_an_answer_outside_of_it(callers: Callers) -> None:
    """Each operation over one of the databases; what is drawn from the description is the same over both."""
    _probe(callers, 10, only=int(callers.org.house.db.is_sqlite))


@pytest.mark.full
def test_nor_do_many_over_either_database(callers: Callers) -> None:
    _probe(callers, 300)
