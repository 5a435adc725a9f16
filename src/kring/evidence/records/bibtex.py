"""BibTeX, read by bibtexparser. Entries are counted by their first lines; a broken one is named by line."""

import re

from bibtexparser import middlewares, model
from bibtexparser.entrypoint import parse_string

from kring.evidence.problem import Problem
from kring.evidence.records.decode import Text
from kring.evidence.records.tagged import Count, Tags

ENTRY = re.compile(r"^\s*@\s*(\w+)\s*[{(]")
OTHER = {"comment", "string", "preamble"}


def count(text: Text) -> Count:
    starts = [
        number
        for number, line in enumerate(text.lines, 1)
        if (found := ENTRY.match(line)) and found.group(1).lower() not in OTHER
    ]
    return Count(starts, [])


def read(text: Text, name: str) -> tuple[list[Tags], list[str]]:
    """The entries in order of the file, and warnings. Entries that share a key are all kept."""
    stack = [
        middlewares.ResolveStringReferencesMiddleware(),
        middlewares.RemoveEnclosingMiddleware(),
        middlewares.LatexDecodingMiddleware(),
    ]
    library = parse_string(text.content, parse_stack=stack)
    entries: list[model.Entry] = []
    warnings: list[str] = []
    for block in library.blocks:
        entry = block.ignore_error_block if isinstance(block, model.ParsingFailedBlock) else block
        if isinstance(block, model.ParsingFailedBlock):
            warnings.append(_kept(block, name))
        if isinstance(entry, model.Entry):
            entries.append(entry)
    return [_tags(entry) for entry in entries], warnings


def _kept(block: model.ParsingFailedBlock, name: str) -> str:
    """The warning for an entry that bibtexparser sets aside; one that cannot be read at all is refused."""
    line = (block.start_line or 0) + 1
    if isinstance(block, model.DuplicateBlockKeyBlock):
        return f"key {block.key!r} on line {line} was used before; both entries are kept"
    if isinstance(block, model.DuplicateFieldKeyBlock):
        twice = ", ".join(sorted(block.duplicate_keys))
        return f"the entry on line {line} has the field {twice} twice; both values are kept"
    what = f"This entry cannot be read: {' '.join(str(block.error).split())}"
    raise Problem(what, "Mostly a brace too many or too few.", file=name, line=line)


def _tags(entry: model.Entry) -> Tags:
    tags: Tags = {"ENTRYTYPE": [entry.entry_type], "ID": [entry.key]}
    for field in entry.fields:
        tags.setdefault(field.key.lower().replace("-", "_"), []).append(_unbraced(str(field.value)))
    return tags


def _unbraced(value: str) -> str:
    """Without the braces that only protect capitals."""
    return re.sub(r"[{}]", "", value)
