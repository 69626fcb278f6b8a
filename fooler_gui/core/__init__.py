"""Settings, messages and states that all packages share. Imports only the standard library and NumPy."""
