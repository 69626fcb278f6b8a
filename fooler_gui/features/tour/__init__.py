"""A tour of the window in six steps, each of which waits for what a person does."""
