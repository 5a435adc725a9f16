"""Style sheets, scripts and typeface as production serves them: collected, compressed, with names that never change
their content. The demo serves them as they lie in the source.
"""

from django.conf import settings
from django.core.management import call_command


def as_in_production() -> None:
    """Call this before the first page is made."""
    settings.STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = False


def collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
