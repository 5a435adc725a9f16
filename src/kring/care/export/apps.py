from django.apps import AppConfig


class ExportConfig(AppConfig):
    name = "kring.care.export"
    default_auto_field = "django.db.models.BigAutoField"
