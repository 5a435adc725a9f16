"""Addresses of the room that belong to no circle: what somebody keeps about themselves, on their account."""

from django.urls import path

from kring.care.measures.views import mine

app_name = "measures"
urlpatterns = [
    path("mine/", mine.mine, name="mine"),
    path("mine/file/", mine.file, name="mine_file"),
    path("mine/<uuid:line_id>/<slug:verb>/", mine.set_mine, name="set_mine"),
]
