from django.apps import AppConfig


class CirclesConfig(AppConfig):
    name = "kring.care.circles"
    default_auto_field = "django.db.models.BigAutoField"
