"""What a classifier is worth, and what others see in an image."""
