"""Bytes in, rows and row errors out: event logs that others wrote. Pure: no database, no HTTP."""
