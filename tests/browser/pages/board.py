"""Pages of the room board."""

from tests.browser.pages import Visit

VISITS: list[Visit] = []
