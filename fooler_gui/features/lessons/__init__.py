"""Lessons for a class: tasks that are ticked as they are done, with questions and what should be found."""
