"""Runs, trainings and rounds on disk: how each was made, how it went and ended. Needs neither Qt nor TensorFlow."""
