"""The gate: raw in, typed out."""
