from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kring.care.people"
    default_auto_field = "django.db.models.BigAutoField"
