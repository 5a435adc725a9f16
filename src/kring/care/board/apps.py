from typing import Any

from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "kring.care.board"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kring.care.board import agreeing
        from kring.care.circles.signals import follows

        def heard(circle_id: Any, **_rest: Any) -> None:
            agreeing.follow_the_team(circle_id=circle_id)

        follows.connect(heard, weak=False, dispatch_uid="kring board follows the team")
