"""The cost of a batch: its terms and references."""
