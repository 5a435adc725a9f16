"""Figures as plain SVG: each with a title, a text equivalent, direct labels, light, dark and print."""
