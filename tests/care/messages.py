"""The language catalogues: finds every string of every room and keeps `locale/nl` in step with it.

`python -m tests.care.messages` adds new strings (in Dutch where another room already has them), drops unused ones and
lists what still needs its Dutch. Catalogues carry no places in files: two people who work on one room then seldom
touch the same line.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from jinja2.ext import babel_extract

CARE = Path(__file__).resolve().parents[2] / "src" / "kring" / "care"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
JINJA = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
HEADER = {
    "Language": "nl",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
Key = tuple[str | None, str]  # context, English


def rooms() -> dict[str, Path]:
    """Each room's folder; '' is the house itself: its own files and the shared templates."""
    found = sorted(path.parent for path in CARE.glob("*/__init__.py"))
    return {"": CARE} | {path.name: path for path in found}


def catalogue(room: str) -> Path:
    return rooms()[room] / "locale" / "nl" / "LC_MESSAGES" / "django.po"


def files(room: str) -> Iterator[Path]:
    folder = rooms()[room]
    if room == "":
        yield from sorted(folder.glob("*.py"))
        yield from sorted((folder / "templates").rglob("*"))
        return
    yield from sorted(path for path in folder.rglob("*") if "locale" not in path.parts)


def strings(room: str) -> dict[Key, str | None]:
    """Every string of a room with its plural, if it has one."""
    found: dict[Key, str | None] = {}
    for path in files(room):
        if path.suffix == ".py":
            method, options = "python", {}
        elif path.suffix in (".html", ".txt", ".js", ".webmanifest") and "templates" in path.parts:
            method, options = babel_extract, JINJA
        else:
            continue
        with path.open("rb") as file:
            for _line, message, _comments, context in extract(method, file, KEYWORDS, options=options):
                english, plural = message if isinstance(message, tuple) else (message, None)
                if english:
                    found[(context, english)] = plural or found.get((context, english))
    return found


def read(room: str) -> dict[Key, polib.POEntry]:
    path = catalogue(room)
    if not path.exists():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def update(room: str, elsewhere: dict[Key, polib.POEntry]) -> list[str]:
    """Write the catalogue of a room anew; returns the strings that still need their Dutch."""
    known, made = read(room), polib.POFile(wrapwidth=110)
    made.metadata = HEADER
    for key, plural in sorted(strings(room).items(), key=lambda item: (item[0][1], item[0][0] or "")):
        made.append(_entry(key, plural, known.get(key) or elsewhere.get(key)))
    if made or catalogue(room).exists():
        catalogue(room).parent.mkdir(parents=True, exist_ok=True)
        made.save(str(catalogue(room)))
    return [entry.msgid for entry in made if not entry.translated()]


def _entry(key: Key, plural: str | None, old: polib.POEntry | None) -> polib.POEntry:
    context, english = key
    if plural is None:
        dutch = old.msgstr if old is not None else ""
        return polib.POEntry(msgctxt=context, msgid=english, msgstr=dutch)
    both = old.msgstr_plural if old is not None and old.msgstr_plural else {0: "", 1: ""}
    return polib.POEntry(msgctxt=context, msgid=english, msgid_plural=plural, msgstr_plural=both)


def main(chosen: list[str]) -> int:
    everywhere = {key: entry for room in rooms() for key, entry in read(room).items()}
    missing = {room: update(room, everywhere) for room in rooms() if not chosen or room in chosen}
    for room, texts in missing.items():
        for text in texts:
            print(f"{room or 'care'}: needs its Dutch: {text!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
