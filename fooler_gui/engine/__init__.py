"""The computations: classifier, descent, training, retraining, rounds and evaluation. Never imports Qt."""
