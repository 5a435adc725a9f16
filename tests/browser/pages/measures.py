"""Pages of the room measures."""

from tests.browser.pages import Visit

VISITS: list[Visit] = []
