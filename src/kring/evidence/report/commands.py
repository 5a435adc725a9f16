"""`kring evidence synthesise`, `grade`, `report`, `build` and `check`."""

import argparse
from pathlib import Path
from typing import Any

from kring.evidence import log
from kring.evidence.extraction.sheets import changed_by_hand
from kring.evidence.files import write_json
from kring.evidence.folder import open_folder
from kring.evidence.problem import Problem
from kring.evidence.records.importing import check_exports
from kring.evidence.report.build import build
from kring.evidence.report.page import synthesis_json, write_report
from kring.evidence.report.state import Review, read_review
from kring.evidence.report.tables import effect_in_words, regressions_in_words, verdicts
from kring.evidence.report.versions import publish
from kring.evidence.synthesis import grade


def register(commands: Any) -> None:
    for name, words, run in (
        ("synthesise", "count directions, pool what may be pooled, write 5_synthesis/synthesis.json", run_synthesise),
        ("report", "write 6_report from what is there", run_report),
        ("check", "read everything, and tell what is open, odd or impossible", run_check),
    ):
        step = commands.add_parser(name, help=words)
        step.add_argument("review", type=Path)
        step.set_defaults(run=run)
    whole = commands.add_parser("build", help="every step, only what changed")
    whole.add_argument("review", type=Path)
    whole.add_argument("--force", action="store_true", help="every step, changed or not")
    whole.set_defaults(run=run_build)
    keep = commands.add_parser("publish", help="keep this version, so that later ones are laid beside it")
    keep.add_argument("review", type=Path)
    keep.set_defaults(run=run_publish)
    rate = commands.add_parser("grade", help="rate the certainty of a group of outcomes, or show what is rated")
    rate.add_argument("review", type=Path)
    rate.add_argument("--group", help="id of the group in plan.toml")
    rate.add_argument("--domain", choices=list(grade.DOMAINS))
    rate.add_argument("--off", type=int, choices=(0, 1, 2), help="levels to take off")
    rate.add_argument("--reason", default="")
    rate.add_argument("--by", help="your name, as in other decisions")
    rate.set_defaults(run=run_grade)


def run_synthesise(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    review = read_review(folder)
    write_json(folder.synthesis / "synthesis.json", synthesis_json(review))
    for s in review.syntheses:
        print(f"{s.group.title['en']}: {effect_in_words(s)}")
        print(f"    pooled: {s.pooled_why or 'yes'}; p values: {s.fisher_why or 'combined'}")
        for line in regressions_in_words(review, s):
            print(f"    {line}")
        print(f"    certainty: {review.level(s.group.id)}")
    for refusal in review.matrix.refused:
        print(f"not done: {refusal.analysis}: {refusal.why}")
    return 0


def run_report(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    written = write_report(read_review(folder))
    print(f"wrote {len(written)} files; open {folder.report / 'index.html'}")
    return 0


def run_build(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    done = build(folder, lambda line: print(line, flush=True), args.force)
    print("nothing had changed" if not done else f"done: {', '.join(done)}", end="")
    print(f"; open {folder.report / 'index.html'}")
    return 0


def run_check(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    review = read_review(folder)
    told = list(_told(review)) + [f"look at this: {fault}" for fault in check_exports(folder)]
    for line in told:
        print(line)
    found = ", ".join(f"{count} {verdict}" for verdict, count in verdicts(review).items())
    print(f"{len(review.tables.values)} values, {len(review.findings)} oddities; published review: {found}")
    if review.flow.impossible:
        raise Problem(
            f"The flow cannot be: {'; '.join(review.flow.impossible)}.",
            "Mend the decisions that it names (undo them and decide again).",
            file=folder.decisions,
        )
    return 1 if told else 0


def _told(review: Review) -> list[str]:
    odd = [f"odd: {f.table} {f.key}, {f.column}: {f.what} {f.remedy}" for f in review.findings]
    disputed = [f"disputed by the second checker: event {event}" for event in review.tables.disputed]
    concerns = [f"{a.result}: several domains raise some concerns; decide whether they add up to high"
                for a in review.bias.values() if a.for_a_person]  # fmt: skip
    edited = [f"changed by hand and not brought in: {p}" for p in changed_by_hand(review.folder)]
    return odd + edited + disputed + concerns + [f"open: {line}" for line in review.open]


def run_publish(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    path = publish(read_review(folder), log.read(folder.decisions))
    print(f"kept {path.relative_to(folder.root)}; the report will tell what changed since")
    return 0


def run_grade(args: argparse.Namespace) -> int:
    folder = open_folder(args.review)
    if args.group:
        if not args.by:
            raise Problem("A rating needs the name of who rated.", "Give --by NAME.")
        if args.group not in {group.id for group in read_review(folder).plan.groups}:
            raise Problem(f"There is no group {args.group!r}.", "See 5_synthesis/plan.toml.")
        if args.domain is None or args.off is None:
            raise Problem("Which domain, and how many levels off?", "Give --domain, --off and --reason.")
        log.append(folder.decisions, [grade.rated(args.group, args.domain, args.off, args.reason, by=args.by)])
    review = read_review(folder)
    for s in review.syntheses:
        print(f"{s.group.title['en']}: {review.level(s.group.id)}")
        rated = review.certainty.get(s.group.id)
        for domain, fact in review.facts(s).items():
            found = rated.ratings.get(domain, ()) if rated else ()
            off = ", ".join(f"-{r.off} ({r.by})" for r in found) or "not rated"
            print(f"  {grade.DOMAINS[domain]}: {off}; the data say: {fact}")
    return 0
