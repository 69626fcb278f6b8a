"""Fooler: see how a convolutional net can be fooled by pointing and clicking, and retrain it to resist."""

__version__ = "0.2.0"
