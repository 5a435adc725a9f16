"""Pages of the plan room."""

from tests.browser.pages import Visit

VISITS = [
    Visit("plan/plan.html", "/c/{circle}/plan/", state="empty"),
    Visit("plan/card.html", "/c/{circle}/card/", state="empty"),
]
