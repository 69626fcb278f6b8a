"""Demonstrations that start with one click, each with a caption that says what to watch."""
