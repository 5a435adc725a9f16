"""Routine outcomes: reliable change of persons, funnels and control charts of teams. Never ranked."""
