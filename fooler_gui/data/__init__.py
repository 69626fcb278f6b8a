"""Images from files, from the dataset and from random numbers. NumPy and Pillow only."""
