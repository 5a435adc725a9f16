"""Addresses of the room inside a circle: what research asks its client."""

from django.urls import path

from kring.care.research.views import asked

app_name = "circle_research"
urlpatterns = [
    path("research/", asked.overview, name="asked"),
    path("research/<uuid:edition_id>/", asked.study, name="study"),
]
