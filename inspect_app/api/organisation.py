"""Units, bodies, offices, who holds them and to whom they are delegated: read by those who may, changed by administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import LIST, Blueprint, operation, query
from inspect_app.errors import Invalid, NotFound
from inspect_app.schemas import organisation as gate
from inspect_app.schemas.requests import read_limit, read_question
from inspect_app.services import lookups, offices, organisation, organisation_views
from inspect_app.services.administering import Done

administration = Blueprint("administration", __name__, url_prefix=asking.BASE)

_CODE = ({"name": "code", "in": "path", "required": True, "schema": {"type": "string"}, "description": "The code."},)
_NUMBER = ({"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}, "description": "The id, from the list."},)
_BAD = (400, 403, 413, 415, 422)
_ON = query("on", "Those in force on this day, YYYY-MM-DD.")
_UNIT = query("unit", "Those of this unit, by code.")
_OFFICE = query("office", "Those of this office, by code.")


def _made(done: Done, where: str) -> Response:
    """What was made, and where it is."""
    return http.answer({"what": done.what, "facts": done.facts}, 201, {"Location": f"{asking.BASE}{where}"})


_NOT_HERE = {("/code", "unit_unknown"), ("/code", "office_unknown"), ("/appointment", "appointment_unknown"), ("/delegation", "delegation_unknown")}


def _changed(work: Callable[[], Done]) -> Response:
    """What was changed. Raises `NotFound` where what the address names is not there."""
    try:
        done = work()
    except Invalid as error:
        if any((p.pointer, p.code) in _NOT_HERE for p in error.problems):
            raise NotFound(error.problems[0].message) from None
        raise
    return http.answer({"what": done.what, "facts": done.facts})


def _add_unit(kind: str) -> Response:
    raw, fingerprint = asking.body()
    told = gate.read_fields(raw, gate.UNIT, ("code", "name"))
    done = organisation.add_unit(http.house(), http.actor(), told["code"], told["name"], told.get("under"), kind=kind,
                                 external=bool(told.get("external")), key=asking.key(fingerprint))
    return _made(done, f"/{'units' if kind == 'unit' else 'bodies'}/{done.facts['code']}")


def _change_unit(code: str) -> Response:
    told = gate.read_fields(asking.body()[0], gate.UNIT_CHANGES)
    return _changed(lambda: organisation.change_unit(http.house(), http.actor(), code, told))


@administration.get("/units")
@operation("The units", answers={200: "UnitList"})
@policy(GET=Policy.SIGNED_IN)
def units() -> Response:
    """In the order of the tree; `mine` are those the reader is granted a role for."""
    return http.answer({"units": lookups.units(http.house(), http.actor(), "unit")})


@administration.post("/units")
@operation("Add a unit", body="NewUnit", answers={201: "Administered"}, headers=("Location",), key=True, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def add_unit() -> Response:
    """Under another (`under`, its code), or at the top of the tree."""
    return _add_unit("unit")


@administration.patch("/units/<code>")
@operation("Change a unit", body="UnitChanges", answers={200: "Administered"}, parameters=_CODE, problems=(*_BAD, 404))
@policy(PATCH=Policy.ADMINISTERS)
def change_unit(code: str) -> Response:
    """Rename, move or dissolve it. `under` null is the top; a dissolved unit may have a `successor`, to which its people go over."""
    return _change_unit(code)


@administration.get("/bodies")
@operation("The bodies", answers={200: "UnitList"})
@policy(GET=Policy.SIGNED_IN)
def bodies() -> Response:
    """Inspection bodies, appeal bodies and higher bodies, inside and outside the house."""
    return http.answer({"units": lookups.units(http.house(), http.actor(), "body")})


@administration.post("/bodies")
@operation("Add a body", body="NewUnit", answers={201: "Administered"}, headers=("Location",), key=True, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def add_body() -> Response:
    """An `external` one has no accounts here."""
    return _add_unit("body")


@administration.patch("/bodies/<code>")
@operation("Change a body", body="UnitChanges", answers={200: "Administered"}, parameters=_CODE, problems=(*_BAD, 404))
@policy(PATCH=Policy.ADMINISTERS)
def change_body(code: str) -> Response:
    """As a unit."""
    return _change_unit(code)


def _asked(*more: str) -> tuple[dict[str, str], int, int]:
    asked = read_question(request.args, frozenset({"limit", "cursor", *more}))
    return asked, asking.after_cursor(asked.get("cursor")), read_limit(asked)


def _page(name: str, rows: list[Mapping[str, Any]], asked: dict[str, str], limit: int, leave_out: tuple[str, ...] = ()) -> Response:
    """One page of a list; one row more than asked for says that there is another."""
    cursor = asking.cursor_after(int(rows[limit - 1]["id"])) if len(rows) > limit else None
    shown = [{k: v for k, v in gate.dump_dated(row).items() if k not in leave_out} for row in rows[:limit]]
    return http.answer({name: shown, "cursor": cursor}, 200, asking.next_link(asked, cursor))


@administration.get("/offices")
@operation("The offices", answers={200: "OfficeList"}, headers=("Link",), problems=(422,), parameters=(_UNIT, *LIST))
@policy(GET=Policy.SIGNED_IN)
def office_list() -> Response:
    """Each on its line, with the office above it. Who holds them is for administrators."""
    asked, after, limit = _asked("unit")
    return _page("offices", organisation_views.offices(http.house(), asked.get("unit"), after, limit + 1), asked, limit, ("id",))


@administration.post("/offices")
@operation("Add an office", body="NewOffice", answers={201: "Administered"}, headers=("Location",), key=True, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def add_office() -> Response:
    """On the line of its unit, unless another is named."""
    raw, fingerprint = asking.body()
    told = gate.read_fields(raw, gate.OFFICE, ("code", "title", "unit"))
    done = offices.add_office(http.house(), http.actor(), told["code"], told["title"], told["unit"], line=told.get("line"),
                              superior=told.get("superior"), seats=told.get("seats") or 1, key=asking.key(fingerprint))
    return _made(done, f"/offices/{told['code']}")


@administration.patch("/offices/<code>")
@operation("Change an office", body="OfficeChanges", answers={200: "Administered"}, parameters=_CODE, problems=(*_BAD, 404))
@policy(PATCH=Policy.ADMINISTERS)
def change_office(code: str) -> Response:
    """`superior` null is the top of its line."""
    told = gate.read_fields(asking.body()[0], gate.OFFICE_CHANGES)
    return _changed(lambda: offices.change_office(http.house(), http.actor(), code, told))


@administration.get("/appointments")
@operation("Who holds which office", answers={200: "AppointmentList"}, headers=("Link",), problems=(403, 422), parameters=(_OFFICE, _ON, *LIST))
@policy(GET=Policy.ADMINISTERS)
def appointments() -> Response:
    """Everyone who holds, held or will hold an office, or acts in it."""
    asked, after, limit = _asked("office", "on")
    on = gate.day_of(asked.get("on", ""))
    with http.house().db.reading() as session:
        rows = organisation_views.appointments(session, office_code=asked.get("office"), on=on, after=after, limit=limit + 1)
    return _page("appointments", rows, asked, limit)


@administration.post("/appointments")
@operation("Appoint someone", body="NewAppointment", answers={201: "Administered"}, headers=("Location",), key=True, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def appoint() -> Response:
    """`person` is an identifier or the name of an account. Who holds an office of one seat without an end leaves it the day before."""
    raw, fingerprint = asking.body()
    told = gate.read_fields(raw, gate.APPOINTMENT, ("office", "person"))
    done = offices.appoint(http.house(), http.actor(), told["office"], told["person"], told.get("since"), told.get("until"),
                           acting=bool(told.get("acting")), key=asking.key(fingerprint))
    return _made(done, f"/appointments/{done.facts['id']}")


@administration.patch("/appointments/<int:number>")
@operation("End an appointment", body="End", answers={200: "Administered"}, parameters=_NUMBER, problems=(*_BAD, 404))
@policy(PATCH=Policy.ADMINISTERS)
def end_appointment(number: int) -> Response:
    """It ends with the day `until`; one that has not begun by then is taken back."""
    told = gate.read_fields(asking.body()[0], gate.END, ("until",))
    _there(number)
    return _changed(lambda: offices.end_appointment(http.house(), http.actor(), number, told["until"]))


@administration.get("/delegations")
@operation("Who answers for whom", answers={200: "DelegationList"}, headers=("Link",), problems=(403, 422), parameters=(_OFFICE, _ON, *LIST))
@policy(GET=Policy.ADMINISTERS)
def delegations() -> Response:
    """Every delegation, with its period and scope."""
    asked, after, limit = _asked("office", "on")
    on = gate.day_of(asked.get("on", ""))
    with http.house().db.reading() as session:
        rows = organisation_views.delegations(session, office_code=asked.get("office"), on=on, after=after, limit=limit + 1)
    return _page("delegations", rows, asked, limit)


@administration.post("/delegations")
@operation("Delegate an office", body="NewDelegation", answers={201: "Administered"}, headers=("Location",), key=True, problems=_BAD)
@policy(POST=Policy.ADMINISTERS)
def delegate() -> Response:
    """`scope` is `*`, or names of workflows with blanks between them."""
    raw, fingerprint = asking.body()
    told = gate.read_fields(raw, gate.DELEGATION, ("office", "from", "to", "until", "reason"))
    done = offices.delegate(http.house(), http.actor(), told["office"], told["from"], told["to"], told.get("since"), told["until"],
                            scope=told.get("scope") or "*", may_pass_on=bool(told.get("may_pass_on")), reason=told["reason"],
                            key=asking.key(fingerprint))
    return _made(done, f"/delegations/{done.facts['id']}")


@administration.patch("/delegations/<int:number>")
@operation("End a delegation", body="End", answers={200: "Administered"}, parameters=_NUMBER, problems=(*_BAD, 404))
@policy(PATCH=Policy.ADMINISTERS)
def end_delegation(number: int) -> Response:
    """It ends with the day `until`, and what rests on it ends with it."""
    told = gate.read_fields(asking.body()[0], gate.END, ("until",))
    _there(number)
    return _changed(lambda: offices.end_delegation(http.house(), http.actor(), number, told["until"]))


def _there(number: int) -> None:
    """Numbers beyond what a database can count are nobody's. Raises `NotFound`."""
    if not 0 < number < 2**62:
        raise NotFound
