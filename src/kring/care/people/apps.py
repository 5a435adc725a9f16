from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kring.care.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kring.care.people import signals  # noqa: F401 (connects them)
