"""Rounds of backwork and retraining."""
