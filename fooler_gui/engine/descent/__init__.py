"""The descent on images: the loop, the optimiser, restarts and what is recorded of it."""
