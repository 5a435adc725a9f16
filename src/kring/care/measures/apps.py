from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "kring.care.measures"
    default_auto_field = "django.db.models.BigAutoField"
