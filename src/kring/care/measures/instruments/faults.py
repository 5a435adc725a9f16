"""What the instruments say about something they cannot use: what is wrong, where, and what to do. All or nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong. `code` is for programs and translations, `where` an item (linkId) or a path in the document."""

    code: str
    what: str
    where: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}"


class Refused(Exception):
    """The input cannot be used; every fault that was found is listed, and nothing was kept."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def refuse(code: str, what: str, where: str, remedy: str) -> Refused:
    """A Refused with one fault, to raise where nothing else can be checked any more."""
    return Refused([Fault(code, what, where, remedy)])
