from django.urls import path

from kring.care.people import views

app_name = "people"
urlpatterns = [
    path("enter/<str:secret>/", views.enter, name="enter"),
    path("sign-out/", views.sign_out, name="sign_out"),
]
