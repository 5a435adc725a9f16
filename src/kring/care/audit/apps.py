from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kring.care.audit"
    default_auto_field = "django.db.models.BigAutoField"
