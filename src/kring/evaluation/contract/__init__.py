"""The public data contract: an outcome table, its dictionary, the protocol (docs/evaluation.md)."""
