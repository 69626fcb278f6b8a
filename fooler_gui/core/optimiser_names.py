"""The names of the optimisers of images, in files and on the command line."""

ADAM, SIGN, NORMALISED, EVOLUTION = "adam", "sign", "normalised", "evolution"
GRADIENT_OPTIMISERS = (ADAM, SIGN, NORMALISED)
"""Those that follow the gradient of the cost."""
OPTIMISERS = (*GRADIENT_OPTIMISERS, EVOLUTION)
"""The first is the default."""

DIRECT, CPPN = "direct", "cppn"
ENCODINGS = (DIRECT, CPPN)
"""How evolution encodes images; the first is the default."""

TITLES = {ADAM: "Adam", CPPN: "CPPN"}
"""What is called otherwise on screen."""
