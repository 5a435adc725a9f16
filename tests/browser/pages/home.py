"""The front door, the list of circles, and the home of a circle."""

from tests.browser.pages import Visit

VISITS = [
    Visit("home/front.html", "/", who=None),
    Visit("home/start.html", "/"),
    Visit("home/start.html", "/", who="olaf", state="no circle"),
    Visit("outbox.html", "/demo/outbox/", state="of the demo", settings={"DEMO": True}),
    Visit("home/circle.html", "/c/{circle}/", state="of the client"),
    Visit("home/circle.html", "/c/{circle}/", who="sanne", state="of a member"),
    Visit("home/circle.html", "/c/{circle}/", who="bram", state="of somebody paused"),
]
