"""Canonical bytes, commitments and replay: pure."""
