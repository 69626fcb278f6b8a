"""Recorded runs: browsing, comparing, opening."""
