"""Settings, messages and states that every room shares. Imports the standard library and NumPy only."""
