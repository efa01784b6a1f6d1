"""The database, and the statements that are written once."""

from inspect_app.db.database import DRIVER_CONFLICTS, DRIVER_ERRORS, Database, Reach, handed_on
from inspect_app.db.fixed import Fixed, Glance, Session, checked, together

__all__ = ["DRIVER_CONFLICTS", "DRIVER_ERRORS", "Database", "Fixed", "Glance", "Reach", "Session", "checked", "handed_on", "together"]
