from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "kring.care.plan"
    default_auto_field = "django.db.models.BigAutoField"
