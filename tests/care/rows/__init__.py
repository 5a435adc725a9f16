"""Rows of the table of routes, one file per room. `routes` gathers them."""
