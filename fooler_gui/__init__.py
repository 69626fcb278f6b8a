"""Fooler: find out by pointing and clicking how a convolutional net can be fooled, and mend it."""

__version__ = "0.2.0"
