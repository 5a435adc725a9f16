"""What was read in the reports: values with their source, the traps in them, and risk of bias."""

from kring.evidence.extraction.values import Tables, tables

__all__ = ["Tables", "tables"]
