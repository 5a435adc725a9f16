from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CirclesConfig(AppConfig):
    name = "kring.care.circles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("waiting")  # what each room has waiting for people
