"""Coming in and going out."""

from tests.browser.pages import Visit

VISITS = [
    Visit("people/enter.html", "/enter/some-secret/", who=None),
]
