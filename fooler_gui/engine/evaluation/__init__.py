"""Evaluation of classifiers, inspection of images and second opinions."""
