"""`kring` words of the care wing: demo, serve, and Django's management commands."""

import os
import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")
    if argv[0] == "demo":
        os.environ.setdefault("KRING_DEMO", "1")
    import django

    from kring.care.catalogues import compile_catalogues

    compile_catalogues(Path(__file__).parent)
    django.setup()
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.STATE.mkdir(parents=True, exist_ok=True)
    execute_from_command_line(["kring", *argv])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
