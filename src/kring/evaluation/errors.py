"""What the wing says about input it cannot use: what is wrong, where, and what to do. All or nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input. Rows count from 1 at the header, as a spreadsheet shows them."""

    what: str
    remedy: str
    file: str = ""
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        start = ", ".join(place)
        return f"{start}: {self.what} {self.remedy}" if start else f"{self.what} {self.remedy}"


class BadInput(Exception):
    """The input cannot be used; every fault that was found is listed, and nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def refuse(what: str, remedy: str, file: str = "", row: int | None = None, column: str | None = None) -> BadInput:
    """A BadInput with one fault, to raise where nothing else can be checked any more."""
    return BadInput([Fault(what, remedy, file, row, column)])
