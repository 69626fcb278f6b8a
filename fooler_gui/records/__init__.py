"""Runs on disk: how they were made, every save, and what was done to them. Needs neither Qt nor TensorFlow."""
