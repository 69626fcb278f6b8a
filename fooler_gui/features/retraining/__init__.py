"""Retraining with the found images."""
