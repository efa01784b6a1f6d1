"""Tables only, one noun a file."""

from inspect_app.models.answered import answered
from inspect_app.models.base import metadata
from inspect_app.models.calendar import calendar, calendar_day, outage
from inspect_app.models.case import case_search, cases, knew
from inspect_app.models.case_comment import case_comment
from inspect_app.models.case_role import case_role, declared_conflict, exclusion, named
from inspect_app.models.case_text import case_text
from inspect_app.models.clock import clock
from inspect_app.models.definition import definition
from inspect_app.models.dossier import dossier
from inspect_app.models.engagement import audit_sample, engagement, observation
from inspect_app.models.event import content, event, log_pending
from inspect_app.models.evidence import evidence, upload
from inspect_app.models.export_job import export_job
from inspect_app.models.installation import installation
from inspect_app.models.letter import letter
from inspect_app.models.log import log_checkpoint, log_head, log_key, log_leaf, log_map, log_tile
from inspect_app.models.notice import feed, mail, mail_address, notice, notice_choice
from inspect_app.models.office import appointment, delegation, office
from inspect_app.models.paper import paper_law, paper_series
from inspect_app.models.person import absence, account, belonging, close_tie, person
from inspect_app.models.publication import publication
from inspect_app.models.reading import case_read
from inspect_app.models.receipt_code import receipt_code
from inspect_app.models.register import register_case, register_flag, register_row
from inspect_app.models.responsibility import responsibility
from inspect_app.models.role_grant import role_grant
from inspect_app.models.sanction import sanction
from inspect_app.models.session import identity, kept_form, one_time_code, one_time_link, session, sign_in_state, sign_in_try, token
from inspect_app.models.stream import stream
from inspect_app.models.unit import unit, unit_above
from inspect_app.models.unredacted import unredacted
from inspect_app.models.view import draft, register_look, saved_view

__all__ = ["absence", "account", "answered", "appointment", "audit_sample", "belonging", "calendar", "calendar_day", "case_comment", "case_read",
           "case_role", "case_search", "case_text", "cases", "clock", "close_tie", "content", "declared_conflict", "definition", "delegation",
           "dossier", "draft", "engagement", "event", "evidence", "exclusion", "export_job", "feed", "identity", "installation", "kept_form",
           "knew", "letter", "log_checkpoint", "log_head", "log_key", "log_leaf", "log_map", "log_pending", "log_tile", "mail", "mail_address",
           "metadata", "named", "notice", "notice_choice", "observation", "office", "one_time_code", "one_time_link", "outage", "paper_law",
           "paper_series", "person", "publication", "receipt_code", "register_case", "register_flag", "register_look", "register_row",
           "responsibility", "role_grant", "sanction", "saved_view", "session", "sign_in_state", "sign_in_try", "stream", "token", "unit",
           "unit_above", "unredacted", "upload"]
