"""Evaluating a classifier."""
