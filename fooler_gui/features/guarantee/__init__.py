"""Giving the classifier in use a guarantee."""
