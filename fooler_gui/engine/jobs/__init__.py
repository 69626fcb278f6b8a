"""How the lab does each job of `core.jobs` that takes more than a few lines: one function for a job."""
