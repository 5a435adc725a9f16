"""The page: figures, flow, tables and texts, the same bytes for the same review."""
