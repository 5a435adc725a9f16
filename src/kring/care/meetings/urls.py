from django.urls import path

from kring.care.meetings import views

app_name = "meetings"
urlpatterns = [path("together/", views.meetings, name="meetings")]
