"""Screening: which records are relevant, ranked by what was learnt, decided by people, logged for good."""

from kring.evidence.screening.agreement import agreement
from kring.evidence.screening.state import RecordState, Verdict, state

__all__ = ["RecordState", "Verdict", "agreement", "state"]
