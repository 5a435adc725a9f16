"""The address at which emergency access is asked for: outside any circle."""

from django.urls import path

from kring.care.circles.views import glass

app_name = "emergency"
urlpatterns = [path("", glass.ask, name="ask")]
