"""Pages of the room training."""

from tests.browser.pages import Visit

VISITS: list[Visit] = []
