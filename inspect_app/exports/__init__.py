"""A history in, bytes out, one event at a time. Pure: no database, no HTTP."""
