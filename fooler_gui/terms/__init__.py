"""The program's own cost terms, one per module, each with a `TERM`. TensorFlow is imported only to compute.

The modules are not imported by name: `fooler_gui.core.terms.known_terms` finds them.
"""
