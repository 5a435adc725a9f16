"""Where tables wait until they are taken: a folder of the installation, outside what the web server serves."""

import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

NAMES = {
    "outcomes.csv": "text/csv; charset=utf-8",
    "outcomes.parquet": "application/vnd.apache.parquet",
    "outcomes.dictionary.json": "application/json",
    "protocol.toml": "application/toml",
    "READ-ME.txt": "text/plain; charset=utf-8",
}


def root() -> Path:
    return Path(settings.STATE) / "research"


def folder(export_id: uuid.UUID) -> Path:
    return root() / str(export_id)


def workshop(export_id: uuid.UUID) -> Path:
    """Where a table is made before it gets its name."""
    return root() / f"{export_id}.making"


def remove(exports: Iterable[uuid.UUID]) -> None:
    for export_id in exports:
        for place in (folder(export_id), workshop(export_id)):
            shutil.rmtree(place, ignore_errors=True)
