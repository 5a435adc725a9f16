"""The training table for research, in the evaluation wing's format (docs/evaluation.md): one row per learner, occasion
and measure, of learners who let research use it. From routine use; it is no trial, and says so.

What clients answered stands in it only as figures that were released already (`releasing`), so it tells nothing that
a learner could not see. Occasions are months since each learner's own first day, so newcomers fit in.
"""

import csv
import datetime as dt
import hashlib
import hmac
import io
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from statistics import fmean
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from kring.care.second_guard import lifted
from kring.care.training import moderators
from kring.care.training.content import title
from kring.care.training.dose import Dose, doses
from kring.care.training.figures import FEWEST, learners_who_let, of_team
from kring.care.training.levels import MEASURES
from kring.care.training.models import (
    PROCESSES,
    Cohort,
    Enrolment,
    Observation,
    Practice,
    QuizAttempt,
    Release,
    StaffScore,
)
from kring.care.training.moderators import Agreed

OCCASIONS = {0: (-60, 45), 3: (46, 135), 6: (136, 270), 12: (271, 450)}
"""Month -> the days since the first day that belong to it."""
MONTH = 30.4375
COLUMNS = (
    "person", "team", "institution", "occasion", "exposure", "measure", "score", "missing_reason",
    "workshop_hours", "coaching_contacts", "practices", "entered_late", "team_fidelity",
)  # fmt: skip
REASONS = {
    "left": {"nl": "niet meer in de training", "en": "no longer in the training"},
    "none": {"nl": "niet gemeten, of van te weinig mensen", "en": "not measured, or of too few people"},
}
Names = Callable[[str, Any], str]


class TooFew(Exception):
    """Fewer than five learners let research use their course."""


class Scored(NamedTuple):
    enrolment: Enrolment
    measure: str
    month: int
    score: float | None


def pseudonyms() -> Names:
    """Codes under a key that nobody keeps: two tables of the same people cannot be laid beside each other."""
    key = secrets.token_bytes(32)

    def name(kind: str, thing: Any) -> str:
        return kind[0] + hmac.new(key, f"{kind} {thing}".encode(), hashlib.sha256).hexdigest()[:16]

    return name


class TrainingTable:
    """Everything that leaves about one cohort: rows, dictionary, protocol."""

    def __init__(
        self, cohort: Cohort, names: Names | None = None, today: dt.date | None = None,
        agreed: Iterable[Agreed] | None = None,
    ) -> None:  # fmt: skip
        """`agreed`: whose clients let a study use what makes life hard; where it is not given, as they answered."""
        self.cohort, self.names = cohort, names or pseudonyms()
        self.today = today or timezone.localdate()
        everybody = Enrolment.objects.filter(cohort=cohort).select_related("team").order_by("pk")
        self.learners = list(learners_who_let(everybody, "research"))
        if len({one.person_id for one in self.learners}) < FEWEST:
            raise TooFew
        self.teams = together(Counter(one.team_id for one in self.learners))
        self.factors = self._factors(agreed)
        self.scored = self._enough(list(self._all_scores()))
        self.cells = sorted({(one.month, one.measure) for one in self.scored})

    def rows(self) -> Iterator[dict[str, Any]]:
        had = {month: doses_at(self.learners, month) for month in {month for month, _measure in self.cells}}
        fidelity = {team.pk: dict(of_team(team, self.today).fidelity) for team in {x.team for x in self.learners}}
        told = [self._row(one, had[one.month][one.enrolment.pk], fidelity) for one in self.scored]
        yield from sorted(told, key=lambda row: (row["person"], int(row["occasion"]), row["measure"]))

    def _row(self, one: Scored, dose: Dose, fidelity: dict[Any, dict[int, float | None]]) -> dict[str, Any]:
        enrolment, team = one.enrolment, self.teams[one.enrolment.team_id]
        gone = enrolment.left_at is not None and one.score is None
        row = {
            "person": self.names("person", enrolment.person_id), "team": self.names("team", team or "together"),
            "institution": self.names("institution", self.cohort.organisation_id), "occasion": str(one.month),
            "exposure": round(dose.hours, 1), "measure": one.measure, "score": one.score,
            "missing_reason": "" if one.score is not None else "left" if gone else "none",
            "workshop_hours": round(dose.workshop_hours, 1), "coaching_contacts": dose.coaching_contacts,
            "practices": dose.practices, "entered_late": "yes" if self._late(enrolment) else "no",
            "team_fidelity": fidelity[team].get(one.month) if team else None,
        }  # fmt: skip
        return row | ({"life_factors": self.factors[team]} if self.factors else {})

    def _late(self, enrolment: Enrolment) -> bool:
        return (enrolment.joined_on - self.cohort.starts_on).days > 30

    def _all_scores(self) -> Iterator[Scored]:
        """Every planned score whose time is past, empty where there is none."""
        found = scores(self.learners)
        for enrolment in self.learners:
            for month, (_first, last) in OCCASIONS.items():
                if enrolment.joined_on + dt.timedelta(days=last) < self.today:
                    for measure in MEASURES:
                        values = found[enrolment.pk, measure.code, month]
                        yield Scored(enrolment, measure.code, month, round(fmean(values), 2) if values else None)

    def _enough(self, told: list[Scored]) -> list[Scored]:
        """Occasions of which five learners or more have a score."""
        there = Counter((one.measure, one.month) for one in told if one.score is not None)
        return [one for one in told if there[one.measure, one.month] >= FEWEST]

    @lifted("means of ten clients or more who said yes to that leave, and nothing else is shown")
    def _factors(self, agreed: Iterable[Agreed] | None) -> dict[Any, float]:
        said = moderators.who_agreed(self.cohort.organisation_id) if agreed is None else agreed
        return moderators.of_teams(said, self.teams)

    def columns(self) -> list[str]:
        return [*COLUMNS, *(["life_factors"] if self.factors else [])]

    def as_csv(self) -> str:
        out = io.StringIO()
        writer = csv.DictWriter(out, self.columns(), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in self.rows())
        return out.getvalue()

    def titles(self) -> dict[str, str]:
        content = self.cohort.programme_version.content
        code = self.names("cohort", self.cohort.pk)[:7]
        return {
            "nl": f"Training in gewoon gebruik {code}: {title(content, 'nl')}",
            "en": f"Training in routine use {code}: {title(content, 'en')}",
        }

    def dictionary(self) -> dict[str, Any]:
        months = sorted({month for month, _measure in self.cells})
        used = {measure for _month, measure in self.cells}
        return {
            "format": "kring-outcome-table", "version": 1, "title": self.titles(), "unit": "staff",
            "allocation": "none", "source": SOURCE, "simulated": bool(settings.DEMO), "rows": len(self.scored),
            "occasions": [{"code": str(month), "months": month, "label": _months(month)} for month in months],
            "measures": [
                {"code": one.code, "title": {"nl": one.nl, "en": one.en}, "range": [one.low, one.high],
                 "better": "higher", "rated_by": str(one.source)}
                for one in MEASURES if one.code in used
            ],
            "covariates": self._covariates(),
            "missing_reasons": [{"code": code, "label": label} for code, label in REASONS.items()],
        }  # fmt: skip

    def _covariates(self) -> list[dict[str, Any]]:
        late = [{"code": "no", "label": {"nl": "nee", "en": "no"}}, {"code": "yes", "label": {"nl": "ja", "en": "yes"}}]
        found: list[dict[str, Any]] = [
            _number("workshop_hours", "Uren workshop tot dan", "Hours of workshop by then", "row"),
            _number("coaching_contacts", "Coachgesprekken tot dan", "Coaching contacts by then", "row"),
            _number("practices", "Geoefende contacten tot dan", "Contacts practised by then", "row"),
            {"name": "entered_late", "label": {"nl": "Later ingestroomd", "en": "Entered later"}, "type": "category",
             "level": "person", "categories": late},
            _number("team_fidelity", "Hoeveel het team van de methode laat zien", "Fidelity of the team", "row"),
        ]  # fmt: skip
        if self.factors:
            found.append(_number("life_factors", "Wat het leven van cliënten moeilijk maakt, gemiddeld aantal genoemd",
                                 "What makes clients' lives hard, mean number named", "team"))  # fmt: skip
        return found


SOURCE = (
    "Kring, training in routine use; not a trial: nobody was allocated. Learners who let research use their course."
    " Exposure is hours of workshops, coaching and lessons by that occasion. Behaviour is observed, or felt by clients"
    " (five or more people together, rounded to halves, ends cut at 2 and 4); never self-rated. No instrument here is"
    " validated. Clients' own outcomes stand in the research table of the circles."
)


def _number(name: str, nl: str, en: str, level: str) -> dict[str, Any]:
    return {"name": name, "label": {"nl": nl, "en": en}, "type": "number", "level": level}


def _months(month: int) -> dict[str, str]:
    return {"nl": f"{month} maanden", "en": f"{month} months"} if month else {"nl": "begin", "en": "start"}


def together(sizes: Counter[Any]) -> dict[Any, Any]:
    """Team -> itself, or None: put together with others, smallest first, so that no team has fewer than five."""
    found: dict[Any, Any] = {team: team for team in sizes}
    small = 0
    for team, size in sorted(sizes.items(), key=lambda one: (one[1], str(one[0]))):
        if size >= FEWEST and (small == 0 or small >= FEWEST):
            break
        found[team], small = None, small + size
    return found


def occasion_of(enrolment: Enrolment, day: dt.date) -> int | None:
    since = (day - enrolment.joined_on).days
    return next((month for month, (first, last) in OCCASIONS.items() if first <= since <= last), None)


def doses_at(enrolments: Iterable[Enrolment], month: int) -> dict[Any, Dose]:
    """What each had by that month of their own course; at the start, nothing."""
    found: dict[Any, Dose] = {}
    for one in enrolments:
        until = one.joined_on + dt.timedelta(days=int(month * MONTH)) - dt.timedelta(days=1)
        found |= doses([one], until)
    return found


def scores(enrolments: Iterable[Enrolment]) -> dict[tuple[Any, str, int], list[float]]:
    """(enrolment, measure, month) -> what was measured then."""
    known = {one.pk: one for one in enrolments}
    found: dict[tuple[Any, str, int], list[float]] = defaultdict(list)
    for key, code, day, value in _measured(list(known)):
        month = occasion_of(known[key], day)
        if month is not None:
            found[key, code, month].append(value)
    return found


def _measured(keys: list[Any]) -> Iterator[tuple[Any, str, dt.date, float]]:
    held = Practice.objects.filter(enrolment__in=keys, held_on__isnull=False, dropped_at=None)
    for key, day, view in held.filter(own_view__isnull=False).values_list("enrolment_id", "held_on", "own_view"):
        yield key, "own_view", day or dt.date.min, float(view or 0)
    seen = Observation.objects.filter(practice__in=held, share__isnull=False)
    for key, day, share in seen.values_list("practice__enrolment_id", "practice__held_on", "share"):
        yield key, "observed", day or dt.date.min, float(share or 0)
    measured = QuizAttempt.objects.filter(enrolment__in=keys, submitted_at__isnull=False, points_possible__gt=0)
    for attempt in measured.exclude(moment="during"):
        day = timezone.localdate(attempt.submitted_at)
        yield attempt.enrolment_id, "quiz", day, 100 * attempt.points / attempt.points_possible
    for sheet in StaffScore.objects.filter(enrolment__in=keys).select_related("enrolment"):
        day = sheet.enrolment.joined_on if sheet.moment == "before" else timezone.localdate(sheet.created_at)
        if sheet.scores.get("total") is not None:
            yield sheet.enrolment_id, sheet.instrument, day, float(sheet.scores["total"])
    for release in Release.objects.filter(enrolment__in=keys):
        shown = [float(value) for name in PROCESSES if (value := getattr(release, name)) is not None]
        if shown:
            yield release.enrolment_id, "support", release.released_on, fmean(shown)
