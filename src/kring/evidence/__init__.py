"""The living systematic review: from search export to published page. Plain Python, no server."""
