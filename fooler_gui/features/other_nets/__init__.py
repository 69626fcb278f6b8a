"""The page of other nets: which are open, what they are asked about, and what they say."""
