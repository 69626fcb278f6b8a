"""Classifiers: building them, choosing the layers to record, reading and writing their files."""
