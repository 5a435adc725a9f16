"""Addresses of the room inside a circle."""

from django.urls import path

from kring.care.training.views import answering

app_name = "circle_training"
urlpatterns = [
    path("feedback/", answering.feedback, name="feedback"),
    path("feedback/choice/", answering.choice, name="choice"),
    path("feedback/<uuid:rating_id>/", answering.question, name="question"),
]
