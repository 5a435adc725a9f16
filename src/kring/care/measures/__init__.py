"""Instruments, schedules, answers and scores: how it goes, seen by the client first."""
