"""Between window and engine: wishes become orders, answers become signals. Knows neither widgets nor TensorFlow."""

from fooler_gui.controller.controller import Controller

__all__ = ["Controller"]
