"""The dataset in use."""
