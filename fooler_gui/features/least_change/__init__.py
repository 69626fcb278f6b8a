"""The least change that turns images of one class into another, to the classifier in use."""
