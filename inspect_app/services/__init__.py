"""Verbs: each public function is one transaction or one read."""
