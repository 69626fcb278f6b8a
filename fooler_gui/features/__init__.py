"""One package per feature; none imports another."""
