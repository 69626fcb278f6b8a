"""The program's own cost terms, one a module, each with a `TERM`. TensorFlow is imported only where one computes.

Nobody imports these modules by name: `fooler_gui.core.terms.known_terms` finds them.
"""
