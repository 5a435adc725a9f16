from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "kring.care.training"
    default_auto_field = "django.db.models.BigAutoField"
