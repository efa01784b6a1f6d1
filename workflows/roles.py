"""The parts people play. Codes are the only role codes there are (contract: “Who may do what”)."""

from __future__ import annotations

from enum import StrEnum

from workflows.words import Words, words


class Role(StrEnum):
    """A part a person plays: by a dated grant for units, or by a relation to one case."""

    ADMIN = "admin"
    CHAIR = "chair"
    MEMBER = "member"
    OFFICER = "officer"
    RECORDER = "recorder"
    UNIT_LEAD = "unit_lead"
    AUDITOR = "auditor"
    DATA_OFFICER = "data_officer"
    TEAM_LEAD = "team_lead"
    TEAM_MEMBER = "team_member"
    DECIDER = "decider"
    RESPONDENT = "respondent"
    COMPANION = "companion"
    HEAD = "head"
    REPORTER = "reporter"
    PROTECTED = "protected"
    APPEAL_DECIDER = "appeal_decider"
    VERIFIER = "verifier"
    OWNER = "owner"
    SUPERIOR = "superior"
    DIRECT_SUPERIOR = "direct_superior"
    SYSTEM = "system"


GRANTED = (Role.ADMIN, Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER, Role.UNIT_LEAD, Role.AUDITOR,
           Role.DATA_OFFICER)
"""Roles that come by a dated grant for a unit and its subtree; all others come from the case."""

PERSONAL = (Role.RESPONDENT, Role.COMPANION, Role.HEAD, Role.REPORTER, Role.PROTECTED, Role.OWNER)
"""Parts that the case itself gives to a person concerned; no exclusion takes them away."""
CONCERNED = tuple(role for role in PERSONAL if role is not Role.PROTECTED)
"""Whoever a case is about, or who raised it. Who is protected for what they said may conduct it all the same: a head who reports what goes wrong in
their own unit."""

OF_OFFICE = (Role.HEAD, Role.OWNER)
"""Parts that come with an office: where a case is with an office, they are whoever's answers for it that day, and nobody else's."""
UNNAMED = (Role.REPORTER, Role.PROTECTED)
"""Parts whose acts are told by the part alone: no history says who it was."""

HANDLERS = (Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.DECIDER,
            Role.APPEAL_DECIDER, Role.AUDITOR,
            Role.SUPERIOR, Role.DIRECT_SUPERIOR, Role.VERIFIER)
"""Those who conduct, decide or audit a matter; the parties are not among them."""

TOOK_PART = tuple(role.value for role in HANDLERS if role is not Role.AUDITOR)
"""Who took part in a case below: whoever conducted or decided it, not who looked at it afterwards."""

PARTIES = (*HANDLERS, Role.RESPONDENT, Role.COMPANION, Role.HEAD, Role.UNIT_LEAD, Role.OWNER)
"""Handlers and the parties; never the reporter."""

EVERYONE = tuple(role for role in Role if role not in (Role.ADMIN, Role.SYSTEM))
"""Everyone who may see the case at all."""

LABELS: dict[Role, Words] = {
    Role.ADMIN: words(en="administrator", vi="quản trị hệ thống"),
    Role.CHAIR: words(en="chair", vi="chủ trì"),
    Role.MEMBER: words(en="member", vi="thành viên"),
    Role.OFFICER: words(en="officer", vi="cán bộ phụ trách"),
    Role.RECORDER: words(en="recorder", vi="thư ký"),
    Role.UNIT_LEAD: words(en="unit leader", vi="người phụ trách đơn vị"),
    Role.AUDITOR: words(en="auditor", vi="kiểm toán viên"),
    Role.DATA_OFFICER: words(en="data officer", vi="cán bộ dữ liệu"),
    Role.TEAM_LEAD: words(en="team leader", vi="trưởng đoàn"),
    Role.TEAM_MEMBER: words(en="team member", vi="thành viên đoàn"),
    Role.DECIDER: words(en="decider", vi="cấp có thẩm quyền"),
    Role.RESPONDENT: words(en="respondent", vi="người được xem xét"),
    Role.COMPANION: words(en="companion", vi="người đi cùng"),
    Role.HEAD: words(en="accountable head", vi="người đứng đầu chịu trách nhiệm"),
    Role.REPORTER: words(en="reporter", vi="người báo tin"),
    Role.PROTECTED: words(en="protected person", vi="người được bảo vệ"),
    Role.APPEAL_DECIDER: words(en="appeal decider", vi="cấp giải quyết khiếu nại"),
    Role.VERIFIER: words(en="verifier", vi="người kiểm tra lại"),
    Role.OWNER: words(en="owner of the action", vi="người thực hiện"),
    Role.SUPERIOR: words(en="superior", vi="cấp trên"),
    Role.DIRECT_SUPERIOR: words(en="direct superior", vi="cấp trên trực tiếp"),
    Role.SYSTEM: words(en="system", vi="hệ thống"),
}
