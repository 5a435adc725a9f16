from django.urls import path

from kring.care.export.views import taking

app_name = "export"
urlpatterns = [
    path("data/", taking.page, name="page"),
    path("data/readable/", taking.whole, name="readable"),
    path("data/pdf/", taking.pdf, name="pdf"),
    path("data/json/", taking.as_json, name="json"),
    path("data/about-me/", taking.about, name="about"),
]
