"""Addresses of the room inside a circle."""

from django.urls import URLPattern

app_name = "circle_measures"
urlpatterns: list[URLPattern] = []
