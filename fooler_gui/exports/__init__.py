"""Exporters of recorded runs: pictures, animations, arrays and tables. Need neither Qt nor TensorFlow."""
