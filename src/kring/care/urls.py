"""Every address of the care wing, room by room. The table in tests/test_routes.py must know each of them."""

from django.urls import URLPattern, URLResolver, include, path

from kring.care import health, outbox
from kring.care.export.views import bringing
from kring.care.meetings.views import calendar

handler500 = "kring.care.health.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kring.care.home.urls")),
    # The rooms of the busiest pages come early: Django tries one line after the other.
    path("c/<uuid:circle_id>/", include("kring.care.meetings.urls")),
    path("c/<uuid:circle_id>/", include("kring.care.plan.urls")),
    path("c/<uuid:circle_id>/", include("kring.care.circles.urls")),
    path("", include("kring.care.people.urls")),
    path("", include("kring.care.people.allauth_urls")),
    path("bring/", bringing.page, name="bring"),
    path("healthz/", health.healthz, name="healthz"),
    path("demo/outbox/", outbox.page, name="outbox"),
    path("", include("kring.care.plan.site_urls")),
    path("emergency/", include("kring.care.circles.emergency_urls")),
    path("invitation/", include("kring.care.circles.letter_urls")),
    path("reply/<str:value>/", calendar.ticket, name="reply_by_link"),
    path("calendar/<str:secret>.ics", calendar.feed, name="feed"),
    path("c/<uuid:circle_id>/", include("kring.care.export.urls")),
    path("questions/", include("kring.care.measures.urls")),
    path("c/<uuid:circle_id>/", include("kring.care.measures.circle_urls")),
    path("team/", include("kring.care.board.urls")),
    path("c/<uuid:circle_id>/", include("kring.care.board.circle_urls")),
    path("training/", include("kring.care.training.urls")),
    path("training/", include("kring.care.training.practice_urls")),
    path("c/<uuid:circle_id>/", include("kring.care.training.circle_urls")),
    path("research/", include("kring.care.research.urls")),
    path("c/<uuid:circle_id>/", include("kring.care.research.circle_urls")),
]
