"""One package for each thing a person does; none imports another."""
