"""Addresses of the room that belong to no circle."""

from django.urls import URLPattern

app_name = "training"
urlpatterns: list[URLPattern] = []
