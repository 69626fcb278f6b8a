"""Classifiers: building them, choosing the recorded layers, reading and writing their files."""
