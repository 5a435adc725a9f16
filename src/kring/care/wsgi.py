"""The door for the server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")
application = get_wsgi_application()

from kring.care import running, second_guard  # noqa: E402 (they need what the line above sets up)

second_guard.default = second_guard.NOBODY
running.embed_worker()
