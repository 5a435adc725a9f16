"""Compiles the language catalogues where their text is newer, so that no GNU gettext is needed on the machine."""

from pathlib import Path

import polib


def compile_catalogues(root: Path) -> None:
    """Write each `django.mo` below `root` whose `django.po` is newer."""
    for po in root.glob("**/LC_MESSAGES/django.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            half = mo.with_suffix(".mo.new")
            polib.pofile(str(po)).save_as_mofile(str(half))
            half.replace(mo)
