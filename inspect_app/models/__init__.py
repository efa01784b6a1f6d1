"""Tables only, one noun a file."""

from inspect_app.models.answered import answered
from inspect_app.models.base import metadata
from inspect_app.models.case import case_search, cases
from inspect_app.models.case_role import case_role, exclusion
from inspect_app.models.clock import clock
from inspect_app.models.definition import definition
from inspect_app.models.dossier import dossier
from inspect_app.models.event import content, event, log_pending
from inspect_app.models.evidence import evidence, upload
from inspect_app.models.installation import installation
from inspect_app.models.letter import letter
from inspect_app.models.office import appointment, office
from inspect_app.models.person import account, person
from inspect_app.models.responsibility import responsibility
from inspect_app.models.role_grant import role_grant
from inspect_app.models.sanction import sanction
from inspect_app.models.session import session, sign_in_try, token
from inspect_app.models.stream import stream
from inspect_app.models.unit import unit

__all__ = ["account", "answered", "appointment", "case_role", "case_search", "cases", "clock", "content", "definition", "dossier", "event",
           "evidence", "exclusion", "installation", "letter", "log_pending", "metadata", "office", "person", "responsibility", "role_grant",
           "sanction", "session", "sign_in_try", "stream", "token", "unit", "upload"]
