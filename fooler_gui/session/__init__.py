"""The state of the lab and the engine's thread. Imports neither widgets nor TensorFlow."""
