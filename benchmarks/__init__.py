"""Benchmarks: what an act, a request, an import and an export cost, each beside a peer and a limit, as ratios."""
