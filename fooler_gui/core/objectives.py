"""The names of the objectives in files, on the command line and on screen: what misclassification cost means.

`fooler_gui.terms.misclassification` computes them (method.md, Objectives, optimisers and budgets).
"""

PROBABILITY, MARGIN, UNIT = "probability", "margin", "unit"
OBJECTIVES = (PROBABILITY, "cross-entropy", "logit", MARGIN, UNIT)
"""The first is the default. The last drives images towards no class, but towards a unit of a recorded layer."""
