"""Many runs with varied settings: what is to be done, by whom, and what came of it. Needs neither Qt nor TensorFlow."""
