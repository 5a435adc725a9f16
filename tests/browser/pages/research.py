"""Pages of the room research."""

from tests.browser.pages import Visit

VISITS: list[Visit] = []
