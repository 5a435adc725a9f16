"""Screening: which records are relevant, ranked by what was learnt, decided by people, logged for good."""
