"""Who may do what, written out by hand from the contract: each door, who comes in, and what it answers there; each act, and whose it is.

Nothing here is taken from the application. A door or an act of it that is missing here fails the test that reads this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.roles import Role as R


class Who(StrEnum):
    """Whose a door is."""

    ANYONE = "anyone"
    SIGNED_IN = "whoever has signed in"
    ADMINISTRATORS = "administrators"
    AUDITORS = "auditors"
    ANSWERERS = "chairs and unit leaders"
    ASKERS = "data officers and auditors"
    TAKERS = "chairs and auditors"
    KEEPERS = "auditors and administrators"
    PLAYERS = "whoever plays a part in the case"
    ACTORS = "whoever plays a part in the case to which the act belongs"
    AGREERS = "data officers and chairs"
    IMPORTERS = "chairs"
    OPENERS = "whoever may open an inspection over some unit"
    AUDITING = "auditors of the case"
    TOLD = "whoever plays a part in the case and is told of its first event: of what others do, those who only spoke are told nothing"
    ADDRESSEES = "whoever handles the case, and to whom the letter went"
    SPEAKERS = "the reporter and those who are protected in the case"
    REPORTERS = "the reporter of a concern"
    CONDUCTORS = "whoever conducts the case and is not concerned by it; nobody writes comments where it has ended"


GRANTS: Mapping[Who, frozenset[R]] = {
    Who.ADMINISTRATORS: frozenset({R.ADMIN}), Who.AUDITORS: frozenset({R.AUDITOR}), Who.ASKERS: frozenset({R.AUDITOR, R.DATA_OFFICER}),
    Who.TAKERS: frozenset({R.AUDITOR, R.CHAIR}), Who.IMPORTERS: frozenset({R.CHAIR}), Who.AGREERS: frozenset({R.DATA_OFFICER, R.CHAIR}),
    Who.KEEPERS: frozenset({R.AUDITOR, R.ADMIN}), Who.ANSWERERS: frozenset({R.CHAIR, R.UNIT_LEAD}),
    Who.OPENERS: frozenset({R.OFFICER, R.CHAIR, R.MEMBER})}
"""The roles that open a door by themselves, for whatever unit they are granted."""

OF_CASE = frozenset({Who.PLAYERS, Who.ACTORS, Who.AUDITING, Who.TOLD, Who.ADDRESSEES, Who.SPEAKERS, Who.REPORTERS, Who.CONDUCTORS})
SPEAKING = frozenset({R.REPORTER, R.PROTECTED})
CONDUCTING = frozenset({R.CHAIR, R.MEMBER, R.OFFICER, R.RECORDER, R.TEAM_LEAD, R.TEAM_MEMBER})
CONCERNED = frozenset({R.RESPONDENT, R.COMPANION, R.HEAD, R.REPORTER, R.PROTECTED, R.OWNER})
HANDLING = frozenset({R.CHAIR, R.MEMBER, R.OFFICER, R.RECORDER, R.TEAM_LEAD, R.TEAM_MEMBER, R.DECIDER, R.AUDITOR, R.DATA_OFFICER, R.VERIFIER,
                      R.SUPERIOR})


@dataclass(frozen=True)
class Line:
    """One door: whose it is, what it answers to them when it is sent what the test sends, which scope a token needs, and which act it is."""

    who: Who
    answers: int
    scope: str = "read"
    act: str | None = None


def _pages(who: Who, scope: str = "read", **answers: Mapping[str, int]) -> dict[tuple[str, str], Line]:
    return {(method.upper(), path): Line(who, status, scope) for method, paths in answers.items() for path, status in paths.items()}


CASE = "/api/v1/cases/<uuid:uid>"
DOORS: dict[tuple[str, str], Line] = {
    **_pages(Who.ANYONE,
             get={"/api/docs": 200, "/api/v1/openapi.json": 200, "/favicon.ico": 200, "/healthz": 200, "/healthz/log": 200,
                  "/readyz": 200,
                  "/static/<path:filename>": 200, "/concern": 200, "/concern/back": 200, "/sign-in": 303, "/sign-in/second": 303,
                  "/sign-in/provider": 404, "/sign-in/provider/back": 400, "/welcome/<secret>": 404,
                  "/api/v1/feeds/deadlines.ics": 404},
             post={"/concern": 422, "/concern/back": 404, "/sign-in": 401, "/sign-in/second": 303, "/welcome/<secret>": 404}),
    **_pages(Who.SIGNED_IN,
             get={"/": 200, "/account": 200, "/account/factors": 200, "/account/sessions": 200, "/account/tokens": 200, "/answer/<number>": 404,
                  "/answer/<number>/receipts/<int:seq>": 404, "/cases": 200, "/cases/new": 200, "/concerns": 200,
                  "/kept/<id_>": 404, "/learning": 200, "/desk": 200, "/desk/<code>": 404, "/desk/<code>/minutes": 404, "/workflows": 200,
                  "/workflows/<name>": 200, "/organisation/map": 200, "/deadlines": 200, "/notices": 200,
                  "/notices/address/<secret>": 404, "/figures": 200, "/figures/<quarter>": 404, "/figures/month": 200,
                  "/api/v1/statistics/<quarter>": 404, "/retention": 200, "/retention/<number>": 404,
                  "/retention/<number>/certificate": 404,
                  "/prove": 200, "/responsibilities": 200, "/search": 200, "/rulesets": 200, "/sittings": 200, "/sittings/<name>": 404,
                  "/sittings/meeting": 200,
                  "/sittings/meeting/kit.pdf": 303, "/sittings/meeting/back": 303,
                  "/api/v1/calendars": 200, "/api/v1/calendars/<name>": 404, "/api/v1/outages": 200, "/api/v1/papers": 200,
                  "/api/v1/bodies": 200, "/api/v1/cases": 200, "/api/v1/offices": 200, "/api/v1/responsibilities": 200, "/api/v1/rulesets": 200,
                  "/api/v1/units": 200, "/api/v1/unredacted": 200, "/api/v1/work": 200, "/api/v1/workflows": 200, "/api/v1/workflows/<name>": 200,
                  "/api/v1/workflows/<name>/diagram.<any(svg, mmd, dot):form>": 200},
             post={"/account/factors/app": 200, "/account/factors/remove": 404, "/account/factors/sheet": 200, "/account/password": 422,
                   "/account/provider": 404, "/search": 422, "/api/v1/search": 422,
                   "/account/sessions": 303, "/account/tokens": 422, "/language": 303, "/theme": 303, "/prove": 401,
                   "/sign-out": 303, "/notices/<int(max=999999999999):id_>": 404, "/notices/read": 303, "/notices/choice": 303,
                   "/notices/address": 303, "/notices/address/<secret>": 404, "/notices/feed": 200}),
    **_pages(Who.SIGNED_IN, "write",
             post={"/api/v1/cases": 400, "/api/v1/events:batch": 422, "/api/v1/sittings": 422, "/sittings/<name>": 404,
                   "/sittings/meeting/back": 422, "/retention/<trigger>": 404}),
    **_pages(Who.ASKERS, get={"/access/explain": 200}, post={"/access/explain": 200}),
    **_pages(Who.AUDITORS, get={"/engagements": 200, "/silence": 200, "/api/v1/silence": 200, "/searches": 200,
                                 "/api/v1/searches": 200, "/engagements/<int:number>": 404,
                                "/engagements/<int:number>/samples/<int:sample>": 404}, post={"/engagements/<int:number>": 404}),
    **_pages(Who.ANSWERERS, "write", get={"/observations": 200}, post={"/observations/<int:number>": 404}),
    **_pages(Who.KEEPERS, get={"/log": 200, "/metrics": 200,
                               "/api/v1/log": 200, "/api/v1/log/checkpoint": 200, "/api/v1/log/tile/<path:place>": 200}),
    **_pages(Who.KEEPERS, post={"/log": 422}),
    **_pages(Who.AGREERS, "decide", get={"/access/unredacted": 200},
             post={"/access/unredacted": 404, "/api/v1/unredacted/<int:number>": 422}),
    **_pages(Who.AUDITING, get={"/cases/<uuid:uid>/unredacted": 200}),
    **_pages(Who.AUDITING, "write", post={f"{CASE}/unredacted": 422, "/cases/<uuid:uid>/unredacted": 422}),
    **_pages(Who.TAKERS, "export",
             get={"/exports": 200, "/exports/<uuid:job>": 404, "/exports/<uuid:job>/download": 404, "/api/v1/exports": 200,
                  "/api/v1/exports/<uuid:job>": 404, "/api/v1/exports/<uuid:job>/download": 404},
             post={"/exports": 422, "/exports/<uuid:job>/cancel": 404, "/api/v1/exports": 422},
             delete={"/api/v1/exports/<uuid:job>": 404}),
    **_pages(Who.IMPORTERS, "write", post={"/figures/<quarter>": 404}),
    **_pages(Who.IMPORTERS, "write", get={"/registers": 200, "/registers/<id_>": 404}, post={"/registers": 422, "/registers/<id_>": 404}),
    **_pages(Who.ADMINISTRATORS, "administer",
             get={"/administration": 200, "/organisation": 200,
                  "/organisation/do/<name>": 404, "/organisation/history": 200, "/organisation/import": 200,
                  "/organisation/offices/<code>": 404, "/organisation/people": 200, "/organisation/people/<uuid:uid>": 404,
                  "/organisation/units/<code>": 404, "/organisation/calendars": 200, "/organisation/calendars/<name>": 404,
                  "/organisation/papers": 200, "/organisation/papers/<ruleset>/<kind>": 404,
                  "/organisation/papers/<ruleset>/<kind>/<language>.pdf": 404, "/administration/figures": 200,
                  "/api/v1/papers/<ruleset>/<kind>": 404, "/setup": 200,
                  "/organisation/mail": 200,
                  "/api/v1/appointments": 200, "/api/v1/delegations": 200},
             post={"/organisation/do/<name>": 404, "/organisation/export": 200, "/organisation/import": 422,
                   "/organisation/people/<uuid:uid>/link": 404, "/workflows": 422, "/setup": 422,
                   "/organisation/mail/<int(max=999999999999):id_>": 404,
                   "/api/v1/appointments": 422, "/api/v1/bodies": 422, "/api/v1/delegations": 422, "/api/v1/offices": 422,
                   "/api/v1/units": 422, "/api/v1/calendars": 422, "/api/v1/outages": 422, "/api/v1/papers/<ruleset>/<kind>/numbering": 422,
                   "/api/v1/papers/<ruleset>/<kind>/texts/<language>": 422},
             patch={"/api/v1/calendars/<name>": 404,
                    "/api/v1/appointments/<int:number>": 422, "/api/v1/bodies/<code>": 404, "/api/v1/delegations/<int:number>": 422,
                    "/api/v1/offices/<code>": 404, "/api/v1/units/<code>": 404}),
    **_pages(Who.PLAYERS,
             get={CASE: 200, f"{CASE}/clocks": 200, f"{CASE}/events": 200, f"{CASE}/evidence": 200, f"{CASE}/transitions": 200, f"{CASE}/papers": 200,
                  f"{CASE}/papers/<int(max=999999999):n>": 404,
                  f"{CASE}/proof": 200, f"{CASE}/plan": 404, "/cases/<uuid:uid>/plan": 404,
                  f"{CASE}/evidence/<int(max=999999999):n>": 404, "/cases/<uuid:uid>": 200,
                  "/cases/<uuid:uid>/sheet": 200, "/cases/<uuid:uid>/papers": 200, "/cases/<uuid:uid>/papers/<int(max=999999999):n>": 404,
                  "/cases/<uuid:uid>/papers/<int(max=999999999):n>/file": 404}),
    **_pages(Who.TOLD, get={f"{CASE}/events/<int(max=999999999):seq>": 200, "/cases/<uuid:uid>/receipts/<int(max=999999999):seq>": 200}),
    **_pages(Who.ADDRESSEES, get={"/cases/<uuid:uid>/letters/<int:id_>": 200}),
    **_pages(Who.SPEAKERS, get={"/cases/<uuid:uid>/retaliation": 200}),
    **_pages(Who.SPEAKERS, "write", post={"/cases/<uuid:uid>/retaliation": 422}),
    **_pages(Who.REPORTERS, get={"/concerns/<uuid:uid>": 200}),
    **_pages(Who.REPORTERS, "write", post={"/concerns/<uuid:uid>": 303}),
    **_pages(Who.SIGNED_IN, get={"/cases/together": 200, "/views/<code>": 404},
             post={"/views": 422, "/views/<code>/remove": 404, "/cases/columns": 303}),
    **_pages(Who.SIGNED_IN, post={"/intake/<id_>/remove": 303}),
    **_pages(Who.SIGNED_IN, "write", post={"/cases/together": 422}),
    **_pages(Who.OPENERS, "write",
             get={"/cases/new/<name>": 200, "/intake/<name>": 200, "/intake/<name>/<id_>/<int(max=9):step>": 404},
             post={"/cases/new/<name>": 422, "/intake/<name>": 422, "/intake/<name>/<id_>/<int(max=9):step>": 404}),
    **_pages(Who.CONDUCTORS, "write", post={"/cases/<uuid:uid>/comments": 422, "/cases/<uuid:uid>/comments/<int(max=999999999):n>": 422}),
    ("POST", f"{CASE}/events"): Line(Who.ACTORS, 422, "write", "note_for_record"),
    ("POST", f"{CASE}/evidence"): Line(Who.ACTORS, 422, "write", "add_evidence"),
    **{("GET", f"/cases/<uuid:uid>/papers/draw/<kind>{end}"): Line(Who.ACTORS, 404, "read", "issue_paper") for end in ("", "/preview.pdf")},
    ("POST", "/cases/<uuid:uid>/papers/draw/<kind>"): Line(Who.ACTORS, 404, "write", "issue_paper"),
    ("POST", f"{CASE}/papers"): Line(Who.ACTORS, 422, "write", "issue_paper"),
    ("GET", "/cases/<uuid:uid>/acts/<trigger>"): Line(Who.ACTORS, 200, "read", "note_for_record"),
    ("POST", "/cases/<uuid:uid>/acts/<trigger>"): Line(Who.ACTORS, 422, "write", "note_for_record"),
}

_WRITE = {R.CHAIR, R.OFFICER, R.TEAM_LEAD, R.TEAM_MEMBER, R.RECORDER}
_CONDUCT = {R.CHAIR, R.MEMBER, R.OFFICER, R.RECORDER, R.TEAM_LEAD, R.TEAM_MEMBER, R.DECIDER, R.APPEAL_DECIDER, R.VERIFIER, R.SUPERIOR}
_ANSWER = {R.UNIT_LEAD, R.RESPONDENT, R.COMPANION, R.HEAD, R.OWNER}
_KEEP = {R.CHAIR, R.DATA_OFFICER, R.DECIDER}
_CHAIR, _HANDLE, _DECIDE, _HEAD, _NOBODY = {R.CHAIR}, {R.OFFICER, R.CHAIR, R.DECIDER}, {R.CHAIR, R.DECIDER}, {R.HEAD}, set[R]()

_KEPT: dict[str, set[R]] = {
    "hold": _KEEP, "lift_hold": _KEEP, "erase": _KEEP, "dispose": _KEEP, "propose_erasure": _KEEP | {R.OFFICER},
    "propose_disposal": _KEEP | {R.OFFICER}, "decline_proposal": _KEEP | {R.OFFICER}, "erase_again": _NOBODY, "dispose_again": _NOBODY}
BY_DATA_OFFICERS = frozenset(trigger for trigger, whose in _KEPT.items() if R.DATA_OFFICER in whose)
"""Acts that are open to data officers of the unit in cases that they do not see."""
_ENTRIES: dict[str, set[R]] = {
    "add_evidence": _WRITE | _ANSWER, "withdraw_evidence": _WRITE, "note_for_record": _WRITE, "grant_access": _CHAIR, "withdraw_access": _CHAIR,
    "declare_conflict": _CONDUCT, "lift_conflict": _CHAIR, "name_companion": {R.RESPONDENT}, "part_with_companion": {R.RESPONDENT},
    "follow_successor": _NOBODY, "issue_paper": _WRITE | {R.DECIDER, R.APPEAL_DECIDER},
    "reverify_evidence": _WRITE, "count_anew": _NOBODY, "note_outage": _NOBODY,
    **_KEPT}


def _more_time(limit: str, asked_by: set[R], granted_by: set[R]) -> dict[str, set[R]]:
    return {f"extend_{limit}": asked_by, f"ask_extension_{limit}": asked_by, f"grant_extension_{limit}": granted_by}


ACTS: dict[str, dict[str, set[R]]] = {
    "inspection": _ENTRIES | {
        "remind": {R.OFFICER, R.TEAM_LEAD}, "report": {R.RESPONDENT, R.COMPANION}, "response_lapsed": _NOBODY,
        "hold_responsible": {R.OFFICER, R.CHAIR}, "pause": _DECIDE, "resume": _DECIDE, "end_with_reasons": _DECIDE, "transfer": _DECIDE,
        "merge": _DECIDE, "split": _DECIDE, "replace_lead": _DECIDE, "replace_member": _DECIDE,
        **_more_time("response", {R.RESPONDENT}, {R.TEAM_LEAD} | _DECIDE), **_more_time("comment", {R.RESPONDENT}, {R.TEAM_LEAD} | _DECIDE),
        **_more_time("inspection", {R.TEAM_LEAD}, _DECIDE)},
    "responsibility": _ENTRIES | {
        "receive": _HEAD, "joint_note": _HEAD, "record_absence": {R.HEAD, R.OFFICER, R.RECORDER}, "refer": {R.OFFICER, R.CHAIR},
        "remind": {R.OFFICER, R.CHAIR}, **_more_time("answer", _HEAD, {R.OFFICER, R.CHAIR}), **_more_time("statement", _HEAD, {R.OFFICER, R.CHAIR}),
        **dict.fromkeys(("serve_again", "remind_automatically", "answer_lapsed", "withdraw", "note_absence", "attach_joint_note", "annul",
                         "follow_body"), _NOBODY)},
    "shortcoming": _ENTRIES | {
        "answer_check_in": {R.PROTECTED}, "check_in": _NOBODY, "check_in_unanswered": _NOBODY,
        "finish": {R.OWNER}, "drop": {R.UNIT_LEAD, R.OFFICER}, "make_formal": {R.OWNER, R.UNIT_LEAD, R.OFFICER},
        **_more_time("due", {R.OWNER}, {R.UNIT_LEAD, R.OFFICER})},
    "concern": {
        "assess": _HANDLE, "hand_over": _DECIDE, "ask_reporter": _HANDLE, "give_feedback": _HANDLE, "entrust_handling": _DECIDE,
        "entrust_decision": {R.DECIDER}, "grant_access": _DECIDE, "add_facts": {R.REPORTER}, "answer_check_in": {R.REPORTER},
        "add_evidence": _WRITE | {R.DECIDER, R.REPORTER}, "withdraw_evidence": _WRITE | {R.DECIDER}, "note_for_record": _WRITE | {R.DECIDER},
        "check_in": _NOBODY, "check_in_unanswered": _NOBODY, "follow_successor": _NOBODY, **_KEPT},
    "testimony": {
        "answer_check_in": {R.PROTECTED}, "note_for_record": _HANDLE, "check_in": _NOBODY, "check_in_unanswered": _NOBODY,
        "follow_successor": _NOBODY, **_KEPT},
}
"""Whose each act is that is possible in the states of the test: theirs whom the contract names, and nobody else's. The system's are nobody's."""


def allowed(line: Line, *, method: str, path: str, signed: bool, scopes: str, granted: frozenset[R], parts: frozenset[R], kind: str,
            addressed: bool) -> int:
    """The one answer that the table allows."""
    api = path.startswith("/api/v1")
    if line.who is Who.ANYONE:
        return 200 if (method, path, signed) == ("GET", "/sign-in", False) else line.answers
    if not signed:
        return 401 if api or method != "GET" else 303
    if api and line.scope not in scopes.split():
        return 403
    if line.who not in OF_CASE:
        return line.answers if line.who is Who.SIGNED_IN or granted & GRANTS[line.who] else 403
    if not parts:
        return 404
    only_spoke = parts <= SPEAKING
    match line.who:
        case Who.ACTORS:
            if line.act == "add_evidence" and line.act not in ACTS[kind]:
                return 422  # a testimony knows no such act, whoever sends it
            return line.answers if parts & ACTS[kind].get(line.act or "", set()) else 403
        case Who.AUDITING:
            return line.answers if R.AUDITOR in parts else 403
        case Who.TOLD:
            return 404 if only_spoke and not (kind == "testimony" or (kind == "concern" and R.REPORTER in parts)) else line.answers
        case Who.ADDRESSEES:
            return line.answers if addressed else 404
        case Who.SPEAKERS:
            return line.answers if parts & SPEAKING else 404
        case Who.CONDUCTORS:
            ended = kind == "testimony" and path == "/cases/<uuid:uid>/comments"
            return line.answers if parts & CONDUCTING and not parts & CONCERNED and not ended else 403
        case Who.REPORTERS:
            return line.answers if kind == "concern" and R.REPORTER in parts else 404
        case _:
            pages = ("/cases/<uuid:uid>", "/cases/<uuid:uid>/sheet")
            own_page = method == "GET" and path in pages and kind == "concern" and only_spoke
            return 303 if own_page else line.answers
