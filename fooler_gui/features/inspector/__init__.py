"""Inspecting one image."""
