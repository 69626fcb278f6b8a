"""Recorded runs: list, details, comparison, opening, export, deletion and recovery."""
