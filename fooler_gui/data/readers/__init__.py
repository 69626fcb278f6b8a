"""Readers of datasets, one module a form. `registry` tells the forms apart by their content."""
