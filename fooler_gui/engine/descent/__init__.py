"""The descent on images: the loop, the optimisers, reinitialisation and attacks."""
