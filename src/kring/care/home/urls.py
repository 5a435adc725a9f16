from django.urls import path

from kring.care.home import leaving, starting, views, work

app_name = "home"
urlpatterns = [
    path("", starting.start, name="start"),
    path("begin/", starting.begin, name="begin"),
    path("begin/with/", starting.begin_with, name="begin_with"),
    path("begin/take/<str:ticket>/", starting.take, name="take"),
    path("me/delete/", leaving.delete_page, name="delete_account"),
    path("work/", work.work, name="work"),
    path("about/circle/", starting.about, {"page": "circle"}, name="about_circle"),
    path("about/privacy/", starting.about, {"page": "privacy"}, name="about_privacy"),
    path("about/helping/", starting.about, {"page": "helping"}, name="about_helping"),
    path("c/<uuid:circle_id>/", views.circle, name="circle"),
]
