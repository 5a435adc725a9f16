"""The door for the server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")
application = get_wsgi_application()

from kring.care.running import embed_worker  # noqa: E402 (needs the applications that the line above sets up)

embed_worker()
