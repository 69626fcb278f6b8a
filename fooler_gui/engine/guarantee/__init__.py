"""A guarantee: a classifier that provably is not sure far from all training images (method.md, A guarantee)."""
