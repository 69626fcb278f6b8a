"""The names of the objectives in files, on the command line and on screen: what misclassification cost means.

`fooler_gui.terms.misclassification` computes them (method.md, Objectives, optimisers and budgets).
"""

PROBABILITY, MARGIN = "probability", "margin"
OBJECTIVES = (PROBABILITY, "cross-entropy", "logit", MARGIN)
"""The first is the default."""
