from django.urls import path

from kring.care.plan import views

app_name = "plan"
urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("card/", views.card, name="card"),
]
