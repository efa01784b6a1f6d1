"""The background door."""
