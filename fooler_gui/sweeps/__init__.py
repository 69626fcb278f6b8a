"""Sweeps: many runs with varied settings and seeds, and what they say. Need neither Qt nor TensorFlow."""
