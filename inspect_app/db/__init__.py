"""The database, and the statements that are written once."""

from inspect_app.db.database import DRIVER_CONFLICTS, DRIVER_ERRORS, Database, handed_on, is_away, out_of_use
from inspect_app.db.fixed import Fixed, Glance, Session, array_of, driver_of, together
from inspect_app.db.line import checked, heard, next_result, wait_for_more
from inspect_app.db.postgresql import Reach

__all__ = ["DRIVER_CONFLICTS", "DRIVER_ERRORS", "Database", "Fixed", "Glance", "Reach", "Session", "array_of", "checked", "driver_of", "handed_on",
           "heard", "is_away", "next_result", "out_of_use", "together", "wait_for_more"]
