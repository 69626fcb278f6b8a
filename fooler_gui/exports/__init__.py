"""Recorded runs as files for elsewhere: pictures, animations, arrays and tables. Needs neither Qt nor TensorFlow."""
