"""The names of the objectives in files, on the command line and on screen: what misclassification cost means.

`fooler_gui.terms.misclassification` computes them (method.md, Objectives, optimisers and budgets).
"""

PROBABILITY = "probability"
OBJECTIVES = (PROBABILITY, "cross-entropy", "logit", "margin")
"""The first is the default."""
