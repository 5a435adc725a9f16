"""Kring: resource groups in practice, their evidence and their evaluation."""

__version__ = "0.1.0"
