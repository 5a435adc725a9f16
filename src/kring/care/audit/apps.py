from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "kring.care.audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The jobs of every room are known from here on; the guards stand after every migration."""
        from kring.care import second_guard

        post_migrate.connect(put_up_guards, sender=self)
        post_migrate.connect(second_guard.put_up, sender=self, dispatch_uid="kring second guard")
        autodiscover_modules("jobs")


def put_up_guards(using: str, **_rest: Any) -> None:
    from kring.care.audit import guards

    connection = connections[using]
    if "audit_folded" in connection.introspection.table_names():
        guards.put_up(connection)
