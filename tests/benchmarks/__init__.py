"""Measures speed and memory against their targets and against other libraries. ``fooler benchmark`` runs it."""
