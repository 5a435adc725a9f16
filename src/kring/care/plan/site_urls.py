"""Addresses of the plan room that belong to no circle: what a phone asks for to install Kring and keep a card."""

from django.urls import path

from kring.care.plan.views import pocket

app_name = "pocket"
urlpatterns = [
    path("worker.js", pocket.worker, name="worker"),
    path("offline/", pocket.offline, name="offline"),
    path("manifest/<slug:language>.webmanifest", pocket.manifest, name="manifest"),
]
