"""Exports of runs and of what is on screen: the dialog with its preview, and the writing."""
