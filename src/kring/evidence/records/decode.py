"""Bytes to text: finds the encoding, names the lines that do not fit, and leaves only plain line ends."""

import codecs
import re
from dataclasses import dataclass, field

from kring.evidence.problem import Problem

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Python takes for a line end but exports hold inside values; a reader that splits there breaks records.
INNER_BREAKS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
MOJIBAKE = re.compile("Ã[\x80-\xbf©¨¶¼¤«¡±³º]|â€[\x80-\xbf™œ\x9d“”]")
SHOWN = 5  # line numbers in a warning


@dataclass
class Text:
    """A decoded export. `warnings` says what was odd and where."""

    content: str
    encoding: str
    warnings: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return self.content.split("\n")


def decode(data: bytes, name: str, encoding: str | None = None) -> Text:
    """Decode `data`, in `encoding` when it is given; `name` is for messages."""
    text = _forced(data, name, encoding) if encoding else _guessed(data, name)
    content = INNER_BREAKS.sub(" ", text.content.replace("\r\n", "\n").replace("\r", "\n"))
    text.content = content.replace("\ufeff", "")
    for what, pattern in (("lost characters (\ufffd)", "\ufffd"), ("text decoded twice (like Ã©)", MOJIBAKE)):
        odd = [n for n, line in enumerate(text.lines, 1) if re.search(pattern, line)]
        if odd:
            text.warnings.append(f"{what} on {named(odd)}: export again as UTF-8")
    return text


def named(lines: list[int]) -> str:
    """`line 3` or `lines 3, 8, 9 and 40 more`."""
    shown = ", ".join(str(n) for n in lines[:SHOWN])
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def _forced(data: bytes, name: str, encoding: str) -> Text:
    try:
        return Text(data.decode(encoding), encoding)
    except LookupError:
        raise Problem(f"No encoding is called {encoding!r}.", "Use for example utf-8 or cp1252.") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = f"Byte 0x{data[error.start]:02x} does not exist in {encoding}."
        raise Problem(what, "Leave --encoding out, or give the right one.", file=name, line=line) from None


def _guessed(data: bytes, name: str) -> Text:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _forced(data, name, encoding)
    if b"\0" in data[:4000]:
        half = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be" if data[:1] == b"\0" else ""
        if half:
            return _forced(data, name, half)
        raise Problem("This is not a text file.", "Export as RIS, nbib, BibTeX, CSV or Excel.", file=name)
    try:
        return Text(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _by_line(data)


def _by_line(data: bytes) -> Text:
    """Not UTF-8 throughout: lines that are not are read as Windows-1252, which older tools write."""
    lines: list[str] = []
    odd: list[int] = []
    utf8 = False
    for number, raw in enumerate(data.split(b"\n"), 1):
        try:
            line = raw.decode("utf-8")
            utf8 = utf8 or not line.isascii()
        except UnicodeDecodeError:
            odd.append(number)
            line = raw.decode("cp1252", errors="replace")
        lines.append(line)
    if utf8:
        warning = f"mixed encodings: {named(odd)} read as Windows-1252, the rest as UTF-8"
    else:
        warning = f"not UTF-8 but Windows-1252, first on {named(odd[:1])}"
    return Text("\n".join(lines), "utf-8+cp1252" if utf8 else "cp1252", [warning])
