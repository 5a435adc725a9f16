"""The files that people write for synthesis and page, as a new review gets them: documented and empty."""

from pathlib import Path

from kring.evidence.extraction.published import HEADER
from kring.evidence.files import write_csv, write_text
from kring.evidence.folder import Folder
from kring.evidence.synthesis.plan import TEMPLATE

PAGE = """\
# Texts of the page. A number is never typed: {names} are filled in from the data, for example {studies}, {reports},
# and for each group of plan.toml {<id>_benefit}, {<id>_harm}, {<id>_signed}, {<id>_certainty}, {<id>_pool_why}.

# Plain-language summaries, part by part. Dutch at B1: everyday words, sentences of at most 15 words.
# [[summary.nl]]
# heading = "Waar gaat dit over?"
# text = ["..."]
# [[summary.en]]
# heading = "What is this about?"
# text = ["..."]

# [conclusion]
# text = ["what the data support"]
# changes = ["what would change it"]

# Items of PRISMA-LSR: mode, trigger, methods_changes, results_changes, roles, retirement.
# [living]
# mode = "..."
"""
IMPLICATIONS = """\
# What follows for a training programme; written to 6_report/implications.json for other software.
# Give either a group of plan.toml (its certainty is taken over) or certainty and certainty_why.

# [source.author2021]
# citation = "..."
# read = "full text"

# [[implication]]
# id = "in_vivo_practice"
# component = "in_vivo_practice"
# direction = "include"              # include, avoid, record apart or uncertain
# group = "client_recovery"
# sources = ["author2021"]
# text = {nl = "...", en = "..."}
# why = {nl = "...", en = "..."}
"""


def scaffold(folder: Folder) -> list[Path]:
    """Write the templates that are not there yet; return what was written."""
    texts = {"plan.toml": TEMPLATE, "page.toml": PAGE, "implications.toml": IMPLICATIONS}
    missing = [
        (folder.synthesis / name, text) for name, text in texts.items() if not (folder.synthesis / name).exists()
    ]
    for path, text in missing:
        write_text(path, text)
    cells = folder.extraction / "published_cells.csv"
    if cells.exists():
        return [path for path, _ in missing]
    write_csv(cells, HEADER, [])
    return [*(path for path, _ in missing), cells]
