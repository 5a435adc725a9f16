"""Addresses of the room that belong to no circle."""

from django.urls import path

from kring.care.training.views import answering

app_name = "training"
urlpatterns = [
    path("answers/", answering.answers, name="answers"),
    path("answers/<uuid:rating_id>/back/", answering.take_back, name="take_back"),
]
