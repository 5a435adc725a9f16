"""`kring retention`: delete log events past their term now (a worker does so every day)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kring.care.audit import seals


class Command(BaseCommand):
    help = "Delete audit events older than KRING_LOG_YEARS (at least 5, NEN 7513), whole seals at a time."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seals.prune(settings.LOG_YEARS)} events older than {settings.LOG_YEARS} years deleted.")
