"""Did it help, how sure are we, and what must the next trial look like? Plain Python, no server."""
