"""From results to a page: figures, words in Dutch and English, tables as files."""
