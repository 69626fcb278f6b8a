"""A closer look at one image."""
