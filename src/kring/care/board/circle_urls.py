"""Addresses of the room inside a circle: what the client sees and says."""

from django.urls import path

from kring.care.board.views import client

app_name = "signs"
urlpatterns = [
    path("board/", client.board, name="board"),
    path("board/people/", client.people, name="people"),
    path("board/<slug:verb>/", client.switch, name="switch"),
    path("signs/", client.page, name="page"),
    path("signs/<uuid:sign_id>/back/", client.withdraw, name="withdraw"),
]
