from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "kring.care.research"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Clients answer studies here; the room below makes tables of the training and does not know of studies."""
        from kring.care.research import policy
        from kring.care.training import moderators

        moderators.asked_by(policy.agreed_to_life_factors)
