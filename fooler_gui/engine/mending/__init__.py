"""Training, retraining, rounds and honesty checks."""
