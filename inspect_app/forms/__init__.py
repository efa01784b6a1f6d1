"""Forms drawn from the declared inputs; pages only."""
