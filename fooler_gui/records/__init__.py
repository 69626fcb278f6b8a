"""Records of runs, trainings and rounds: how each was made, went and ended. Needs neither Qt nor TensorFlow."""
