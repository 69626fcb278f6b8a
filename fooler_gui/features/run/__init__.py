"""A run: its settings, its images, its plots."""
