"""Pages of the circle room."""

import uuid

from kring.care.circles import actions
from tests.browser.pages import Visit


def _tie(cast):
    names = [("Opa Jan", "close", "person"), ("Bakkie, de hond", "close", "pet"), ("De volkstuin", "near", "place")]
    for name, ring, kind in names:
        tie = actions.add_tie(by=cast.seat("noor"), id=uuid.uuid4(), name=name, ring=ring, kind=kind)
    return {"tie": tie.pk}


def _save(page):
    page.locator("main form button.main").first.click()


VISITS = [
    Visit("circles/map.html", "/c/{circle}/map/", state="empty"),
    Visit("circles/map.html", "/c/{circle}/map/", state="with ties", prepare=_tie),
    Visit("circles/map.html", "/c/{circle}/map/", who="sanne", state="not shared", prepare=_tie),
    Visit("circles/tie.html", "/c/{circle}/map/new/", state="new"),
    Visit("circles/tie.html", "/c/{circle}/map/new/", state="with an error", do=_save),
    Visit("circles/tie.html", "/c/{circle}/map/{tie}/", state="edit", prepare=_tie),
    Visit("circles/mine.html", "/c/{circle}/mine/"),
    Visit("circles/mine.html", "/c/{circle}/mine/", who="sanne", state="of a member"),
]
