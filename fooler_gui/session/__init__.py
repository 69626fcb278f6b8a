"""What the lab is about, and the engine's thread that works for it. Knows neither widgets nor TensorFlow."""
