"""Import against each reader alone: records in the file, records read, and what a reader says where it fails."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from kring.evidence.problem import Problem
from kring.evidence.records.importing import read_export

SHELF = Path(__file__).parents[1] / "tests" / "evidence" / "shelf"
# Made to break readers; the number is what a person counts in them.
HARD = {
    "crlf.ris": (b"TY  - JOUR\r\nTI  - A\r\nER  - \r\n\r\nTY  - JOUR\r\nTI  - B\r\nER  - \r\n", 2),
    "one-space.ris": (b"TY - JOUR\nTI - A\nER - \nTY - JOUR\nTI - B\nER - \n", 2),
    "utf16.ris": ("TY  - JOUR\nTI  - Équipe\nER  - \n".encode("utf-16"), 1),
    "no-final-end.ris": (b"TY  - JOUR\nTI  - A\nER  - \nTY  - JOUR\nTI  - B\n", 2),
    "quote.csv": (b'title,abstract\n"A","line\nbreak"\nB,plain\n', 2),
}


def main() -> None:
    print(f"{'file':24}{'there':>6}{'kring':>7}   {'reader alone':24}{'asreview':24}")
    for path in sorted(SHELF.iterdir()):
        if path.suffix != ".md":
            row(path.name, path, None)
    with tempfile.TemporaryDirectory() as folder:
        for name, (content, there) in HARD.items():
            path = Path(folder) / name
            path.write_bytes(content)
            row(name, path, there)


def row(name: str, path: Path, there: int | None) -> None:
    try:
        found = read_export(path)
        ours, count = str(len(found.records)), found.counted
    except Problem as problem:
        ours, count = "refused", there or 0
        print(f"{'':6}{problem}")
    print(f"{name:24}{there or count:6d}{ours:>7}   {said(alone(path)):24}{said(lambda: asreview(path)):24}")


def alone(path: Path) -> Callable[[], int]:
    """The library for this kind of file as its documentation shows it."""
    kind = path.suffix
    if kind == ".bib":
        import bibtexparser

        return lambda: len(bibtexparser.parse_string(path.read_text("utf-8")).entries)
    if kind == ".nbib":
        import rispy

        return lambda: len(rispy.load(path, encoding="utf-8"))
    if kind in (".csv", ".xlsx"):
        import pandas as pd

        return lambda: len(pd.read_csv(path) if kind == ".csv" else pd.read_excel(path))
    import rispy

    parser = rispy.WokParser if path.read_bytes().startswith(b"FN ") else None
    return lambda: len(rispy.loads(path.read_text("utf-8"), implementation=parser))


def asreview(path: Path) -> int:
    from asreview.data.loader import load_dataset

    with load_dataset(str(path), dataset_id="x") as found:
        return len(found.input)


def said(work: Callable[[], int]) -> str:
    """The number of records, or the error in a few words."""
    try:
        return str(work())
    except ModuleNotFoundError as error:
        return f"missing: {error.name}"
    except Exception as error:  # a bench tells what others do, whatever that is
        return f"{type(error).__name__}"[:23]


if __name__ == "__main__":
    main()
