"""The names of the optimisers of images, in files, on the command line and on screen."""

ADAM, SIGN, NORMALISED = "adam", "sign", "normalised"
OPTIMISERS = (ADAM, SIGN, NORMALISED)
"""The first is the default."""
