from django.urls import path

from kring.care.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("begin/", views.begin, name="begin"),
    path("c/<uuid:circle_id>/", views.circle, name="circle"),
]
