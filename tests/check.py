"""`./run check`: every linter in turn; the first line of each says what it guards."""

import os
import subprocess
import sys

TOOLS = {
    "formatting": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy"],
    "who may import whom": ["lint-imports", "--no-cache"],
    "every table's migration is written": ["django-admin", "makemigrations", "--check", "--dry-run"],
}
SETTINGS = {"DJANGO_SETTINGS_MODULE": "kring.care.settings", "KRING_DEMO": "1", "DATABASE_URL": "sqlite:"}  # in memory


def main() -> int:
    failed = []
    for name, command in TOOLS.items():
        print(f"{name}: {' '.join(command)}", flush=True)
        if subprocess.run(command, env=os.environ | SETTINGS).returncode:
            failed.append(name)
    print("check failed: " + ", ".join(failed) if failed else "check passed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
