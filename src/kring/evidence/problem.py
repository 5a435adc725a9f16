"""The one error that a user of this wing meets: what is wrong, where it is, and what to do about it."""

from pathlib import Path


class Problem(Exception):
    """Bad input or an impossible state, told so that a researcher can mend it.

    `what` is a sentence, `remedy` an instruction; `file`, `line` and `column` say where, as far as is known.
    A step that raises this has written nothing.
    """

    def __init__(
        self,
        what: str,
        remedy: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        self.what, self.remedy, self.file, self.line, self.column = what, remedy, file, line, column
        super().__init__(str(self))

    @property
    def where(self) -> str:
        parts = [
            str(self.file) if self.file is not None else "",
            f"line {self.line}" if self.line is not None else "",
            f"column {self.column}" if self.column is not None else "",
        ]
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what} {self.remedy}"
