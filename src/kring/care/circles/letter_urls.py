"""The addresses of an invitation, for readers who have no seat yet."""

from django.urls import path

from kring.care.circles.views import answering

app_name = "invitation"
urlpatterns = [
    path("", answering.code, name="code"),
    path("<str:secret>/", answering.letter, name="letter"),
    path("<str:secret>/yes/", answering.accept, name="accept"),
    path("<str:secret>/not-now/", answering.decline, name="decline"),
]
