"""Pages of the meetings room."""

from tests.browser.pages import Visit

VISITS = [
    Visit("meetings/meetings.html", "/c/{circle}/together/", state="empty"),
]
