"""The window as a whole: arranges the panels, connects them to the controller, exports, remembers."""
