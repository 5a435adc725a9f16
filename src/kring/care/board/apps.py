from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "kring.care.board"
    default_auto_field = "django.db.models.BigAutoField"
