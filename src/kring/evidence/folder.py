"""A review as a folder: what lies where, who writes it, and which step reads it.

```
NAME/
├── review.toml                    people   title, question, version; `format` is the version of this layout
├── 1_search/
│   ├── search.md                  people   databases, dates, search strings
│   ├── exports/                   import   the raw exports, byte for byte, never changed
│   └── ledger.jsonl               import   one line per imported file (append-only)
├── 2_records/
│   ├── records.jsonl              import   every record of every export, in order of import
│   ├── deduplicated.jsonl         dedup    one line per distinct record: what is screened
│   ├── merges.jsonl               dedup    one line per merged pair, with its reason and score
│   ├── links.jsonl                dedup    versions that belong together but stay apart (preprint, journal)
│   ├── rounds.csv                 dedup    the living review's ledger: what each search round added
│   └── queue.csv                  dedup    doubtful pairs, waiting for a person
├── 3_screening/
│   ├── criteria.toml              people   what is included; the reasons for exclusion, most important first
│   ├── decisions.jsonl            people, through every command: THE log, append-only
│   ├── model.json                 screen   settings of the ranking (seed, recipe)
│   ├── state.csv                  screen   derived: each record with its decision per stage
│   └── agreement.json             screen   derived: kappa and where reviewers differ
├── 4_extraction/                  people, extract   studies, reports, arms, outcomes, results
├── 5_synthesis/                   people, rob, synthesise   risk of bias, certainty, syntheses
└── 6_report/                      report, build     HTML, SVG, CSV, JSON; a build brings it back
```

**Ledger line** (`1_search/ledger.jsonl`): `source` (short name, unique in the review), `file` (below
`exports/`), `sha256`, `bytes`, `dialect`, `encoding`, `reader`, `counted` (records by our own count),
`read` (records by the reader; always equal, or the file was refused), `database`, `searched_on`, `round` (1
= first search, 2 and up = updates), `imported_at`, `warnings`. Records identified per database = the sum of
`read`.

**Record** (`records.jsonl`): `id` (`<source>-<number in the file>`), `source`, `line` (where it starts in
the raw file), `title`, `abstract`, `authors` (list), `year`, `journal`, `volume`, `number`, `pages`, `doi`,
`pmid`, `type`, `publication_types`, `keywords`, `language`, `url`, `label` (a decision that came with an
`.asreview` file), `extra` (every tag without a field of its own). Empty fields are left out.

**Deduplicated record** (`deduplicated.jsonl`): the same fields, best of its members, plus `members` (ids,
in order of import) and `round`. Its `id` is the id of its first member and so survives an update. **A
decision may name any member**: `kring.evidence.records.canonical(folder)` maps every record id to the id
that is screened. Duplicates removed = records − deduplicated records.

**Log** (`3_screening/decisions.jsonl`; `kring.evidence.log` reads and appends; the id is a digest of the
content). Every event has `id`, `stage`, `reviewer`, `at`; one that takes back another has `undoes`. By
`stage`:

- `dedup`: `pair` [id, id] and `decision` same|different|linked, `reason`. Overrules the rules.
- `title_abstract`, `full_text`: `record_id`, `decision` include|exclude|maybe, `reason` (a code of
  `criteria.toml`; obligatory with a full-text exclusion), `note`, `labels`; `adjudicates: true` when it
  settles a disagreement.
- `full_text` with `retrieval` retrieved|not_retrieved instead of `decision`: the report was sought.
- `stop`: `rule`, `screened`, `total`, `included`, `recall_low`, `reason`: a person ended the title and
  abstract stage early. Records without a decision then count as not screened ("marked as ineligible by
  automation tools" in PRISMA).
- Other rooms add their own stages (`rob`, `grade`, …) with the same four fields.

`kring.evidence.screening.state(folder)` gives the derived decision of each record per stage.
"""

from dataclasses import dataclass
from pathlib import Path

from kring.evidence.files import Row, read_toml, write_text
from kring.evidence.problem import Problem

FORMAT = 1  # raise it when the layout changes, and write the step that brings an older folder along

STEPS = ("1_search", "2_records", "3_screening", "4_extraction", "5_synthesis", "6_report")

REVIEW_TOML = """\
format = 1                      # version of the folder's layout; Kring sets it
title = "{title}"
question = ""                   # population, intervention, comparison, outcomes, design
version = "0.1"                 # raise it with each published update
language = "en"                 # of the report: en or nl

[people]
reviewers = []                  # names as used in decisions
screening = "single"            # single, or dual: two reviewers for every record

[dedup]
link_versions = true            # a preprint and its journal article are linked, not merged
"""

CRITERIA_TOML = """\
# What is included, in the words that reviewers see beside the abstract.
include = [
    "",
]

# Reasons for exclusion, the most important first: PRISMA wants one primary reason for each excluded report.
# [[exclude]]
# code = "design"
# text = "Not a randomised controlled trial"

# Words to highlight in titles and abstracts.
[highlight]
include = []
exclude = []
"""

SEARCH_MD = """\
# Search

For each database: name, platform, date of the search, the search string as it was run, number of records.
"""


@dataclass(frozen=True)
class Folder:
    """The paths of one review. Open it with `open_folder`, which checks it."""

    root: Path

    @property
    def review_toml(self) -> Path:
        return self.root / "review.toml"

    @property
    def exports(self) -> Path:
        return self.root / "1_search" / "exports"

    @property
    def ledger(self) -> Path:
        return self.root / "1_search" / "ledger.jsonl"

    @property
    def records(self) -> Path:
        return self.root / "2_records" / "records.jsonl"

    @property
    def deduplicated(self) -> Path:
        return self.root / "2_records" / "deduplicated.jsonl"

    @property
    def merges(self) -> Path:
        return self.root / "2_records" / "merges.jsonl"

    @property
    def links(self) -> Path:
        return self.root / "2_records" / "links.jsonl"

    @property
    def queue(self) -> Path:
        return self.root / "2_records" / "queue.csv"

    @property
    def criteria(self) -> Path:
        return self.root / "3_screening" / "criteria.toml"

    @property
    def decisions(self) -> Path:
        return self.root / "3_screening" / "decisions.jsonl"

    @property
    def screening(self) -> Path:
        return self.root / "3_screening"

    @property
    def extraction(self) -> Path:
        return self.root / "4_extraction"

    @property
    def synthesis(self) -> Path:
        return self.root / "5_synthesis"

    @property
    def report(self) -> Path:
        return self.root / "6_report"

    def settings(self) -> Row:
        return read_toml(self.review_toml)


def new(root: Path, title: str | None = None) -> Folder:
    """Make an empty review at `root`, which must not exist or be empty."""
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Problem("There is something here already.", "Choose another name for the new review.", file=root)
    folder = Folder(root)
    name = title or root.name.replace("-", " ").replace("_", " ").capitalize()
    for step in STEPS[:-1]:
        (root / step).mkdir(parents=True, exist_ok=True)
    folder.exports.mkdir(exist_ok=True)
    write_text(root / "1_search" / "search.md", SEARCH_MD)
    write_text(folder.criteria, CRITERIA_TOML)
    write_text(root / ".gitignore", ".cache/\n.*.tmp\n")
    # Last, because it is what makes the folder a review: an interrupted run leaves none.
    write_text(folder.review_toml, REVIEW_TOML.format(title=name.replace("\\", "\\\\").replace('"', '\\"')))
    return folder


def open_folder(root: Path) -> Folder:
    """The review at `root`, or a `Problem` when it is none or was made by a newer Kring."""
    folder = Folder(root)
    if not folder.review_toml.is_file():
        remedy = "Name a review folder, or start one: kring evidence new NAME"
        raise Problem("This is not a review folder: it has no review.toml.", remedy, file=root)
    version = folder.settings().get("format")
    if version != FORMAT:
        what = f"The folder has format {version!r}; this version of Kring reads format {FORMAT}."
        raise Problem(what, "Set format in review.toml, or use the Kring that made it.", file=folder.review_toml)
    return folder
