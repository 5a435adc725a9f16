from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "kring.care.research"
    default_auto_field = "django.db.models.BigAutoField"
