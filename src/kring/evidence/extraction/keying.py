"""One person at work on the cells of a published review: key in, correct, take back, check what another keyed."""

import threading

from kring.evidence import log
from kring.evidence.extraction import published
from kring.evidence.extraction.published import Cell
from kring.evidence.extraction.values import CHECK, Event, check, derive
from kring.evidence.folder import Folder
from kring.evidence.problem import Problem


class Keying:
    """Reads the log at each look, so that what another person keys meanwhile shows."""

    def __init__(self, folder: Folder, by: str) -> None:
        if not by.strip():
            raise Problem("What is keyed needs the name of who keyed it.", "Give --by NAME.")
        self.folder, self.by = folder, by
        self.lock = threading.RLock()
        self._log = log.Log(folder.decisions)
        if not self.cells():
            what = "There are no cells to key."
            raise Problem(what, "Name them first.", file=folder.extraction / "published_cells.csv")

    def cells(self) -> dict[str, Cell]:
        events = log.read(self.folder.decisions)
        return {cell.cell: cell for cell in published.compare(self.folder, derive(events), events)}

    def waiting(self, cell: Cell) -> bool:
        """This person has something to do here: nobody keyed it, or another person did and nobody spoke on it."""
        return not cell.event or (cell.by != self.by and not cell.checked_by and not cell.disputed)

    def next(self, after: str = "") -> Cell | None:
        """The next cell with something to do, going round from the one after `after`."""
        cells = list(self.cells().values())
        names = [cell.cell for cell in cells]
        start = names.index(after) + 1 if after in names else 0
        return next((cell for cell in cells[start:] + cells[:start] if self.waiting(cell)), None)

    def key(self, name: str, value: str, *, quote: str, page: str, before: str) -> None:
        """Log what the paper says; `before` is the event that the form showed, so that nobody overwrites unseen."""
        with self.lock:
            cell = self._cell(name)
            if (cell.published, cell.quote, cell.page, cell.by) == (value, quote, page, self.by):
                return  # sent twice
            if cell.event != before:
                raise Problem("Somebody keyed this cell since you opened it.", "Look at both, then decide.")
            if not value:
                raise Problem("The value is empty.", "Key in what the paper prints.")
            self._log.append([published.key_in(name, value, by=self.by, quote=quote, page=page)])

    def check(self, name: str, *, agrees: bool, note: str, event: str) -> None:
        """The second person's word on what another keyed."""
        with self.lock:
            cell = self._cell(name)
            if not event or cell.event != event:
                raise Problem("This cell was keyed anew since you opened it.", "Look at the new value.")
            if not agrees and not note:
                raise Problem("Say what is not right.", "Write it in the field, then choose again.")
            of = next(row for row in log.read(self.folder.decisions) if row["id"] == event)
            self._log.append([check(of, by=self.by, agrees=agrees, note=note)])

    def last(self) -> Event | None:
        """What this person said last about a cell, which `undo` takes back."""
        standing = log.standing(log.read(self.folder.decisions))
        keyed = {row["id"] for row in standing if row["stage"] == published.PUBLISHED}
        mine = [row for row in standing if row["reviewer"] == self.by and
                (row["id"] in keyed or (row["stage"] == CHECK and row["of"] in keyed))]  # fmt: skip
        return mine[-1] if mine else None

    def undo(self) -> str:
        """Take the last word back; return its cell."""
        with self.lock:
            found = self.last()
            if not found:
                return ""
            name = self.cell_of(found)
            self._log.append([log.undo(found, reviewer=self.by)])
            return name

    def cell_of(self, event: Event) -> str:
        of = event.get("of")
        keyed = next(row for row in log.read(self.folder.decisions) if row["id"] == of) if of else event
        return str(keyed["cell"])

    def _cell(self, name: str) -> Cell:
        cells = self.cells()
        if name not in cells:
            raise Problem(f"There is no cell {name!r}.", "Choose one from the list.")
        return cells[name]
