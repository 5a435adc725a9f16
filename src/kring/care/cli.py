"""`kring` words of the care wing: demo, serve, work, and Django's management commands."""

import os
import sys
from pathlib import Path

PROCESSES = ("demo", "serve", "work")
COPIES = ("backup", "restore")


def main(argv: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kring.care.settings")
    if argv[0] == "demo":
        os.environ.setdefault("KRING_DEMO", "1")
    import django
    from django.core.exceptions import ImproperlyConfigured

    from kring.care.catalogues import compile_catalogues

    compile_catalogues(Path(__file__).parent)
    try:
        django.setup()
    except ImproperlyConfigured as missing:
        print(f"kring {argv[0]}: {missing}", file=sys.stderr)
        return 2
    return _run(argv)


def _run(argv: list[str]) -> int:
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from kring.care import copies, running

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    if argv[0] in PROCESSES:
        return running.main(argv)
    if argv[0] in COPIES:
        return copies.main(argv)
    word = argv[0].replace("-", "_")  # `import-circle` is a module, and modules have no hyphens
    execute_from_command_line(["kring", word, *argv[1:]])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
