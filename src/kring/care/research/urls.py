"""Addresses of the room that belong to no circle: studies, for who makes and who opens them."""

from django.urls import path

from kring.care.research.views import studies, tables

app_name = "research"
urlpatterns = [
    path("", studies.overview, name="studies"),
    path("new/<uuid:organisation_id>/", studies.new, name="new"),
    path("<uuid:study_id>/", studies.study, name="study"),
    path("<uuid:study_id>/begin/", studies.begin, name="begin"),
    path("<uuid:study_id>/change/", studies.change, name="change"),
    path("<uuid:study_id>/offer/", studies.offer, name="offer"),
    path("<uuid:study_id>/open/", studies.open_it, name="open"),
    path("<uuid:study_id>/end/", studies.end, name="end"),
    path("<uuid:study_id>/make/", tables.make, name="make"),
    path("tables/<uuid:export_id>/", tables.table, name="table"),
    path("tables/<uuid:export_id>/<str:name>", tables.file, name="file"),
]
