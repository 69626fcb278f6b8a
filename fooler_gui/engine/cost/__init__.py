"""The cost of a batch: terms, and the references they look at."""
