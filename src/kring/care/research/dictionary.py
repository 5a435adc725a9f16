"""What goes along with a table: the dictionary of its codes, a protocol to begin with, and a page to read first.

The format is public (docs/evaluation.md); it is written here from that page and its JSON Schema, never by importing
the wing that reads it.
"""

import json
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kring.care.measures import instruments
from kring.care.measures.models import Respondent
from kring.care.research.columns import LIFE_FACTORS, TRAINING, chosen
from kring.care.research.making import Made
from kring.care.research.models import THRESHOLD, Edition
from kring.care.research.reading import Measure, measure

REASONS = {
    "declined": gettext_lazy("The client did not want to"),
    "paused": gettext_lazy("The client paused the questions"),
    "skipped": gettext_lazy("Too many questions were skipped for a score"),
    "no_answer": gettext_lazy("Nothing was filled in"),
    "other_version": gettext_lazy("Filled in with another version of the instrument"),
}
RULES = {
    "complete": gettext_lazy("Every question was answered"),
    "filled": gettext_lazy("A few questions were skipped; they count as the mean of the others"),
}
NUMBERS = {
    LIFE_FACTORS: gettext_lazy("What makes clients' lives hard, mean number named in the team"),
    TRAINING: gettext_lazy("Hours of training of the team by that quarter, for each colleague"),
}
TRAINED = [
    "",
    "# Did clients get on better where their team had more training? Then ask this instead (nobody was allocated):",
    '# fixed = "occasion + training"',
    '# coefficient = "training"',
]
MODERATES = [
    "",
    "# Does it depend on what makes life hard? Then ask this instead, and vary nothing after the scores were seen:",
    '# fixed = "occasion + exposure * life_factors"',
    '# coefficient = "exposure:life_factors"',
]
LANGUAGES = {"nl": gettext_lazy("Dutch"), "en": gettext_lazy("English")}


def both(text: str | Promise) -> dict[str, str]:
    """A text in both languages, as a reader's label."""
    found = {}
    for language in ("nl", "en"):
        with translation.override(language):
            found[language] = str(text)
    return found


def dictionary(edition: Edition, made: Made) -> dict[str, Any]:
    months = sorted({month for _measure, month in made.cells})
    codes = [code for code in edition.measures if code in {code for code, _month in made.cells}]
    return {
        "format": "kring-outcome-table",
        "version": 1,
        "title": {"nl": edition.title_nl, "en": edition.title_en},
        "source": source(edition),
        "simulated": bool(settings.DEMO),
        "unit": "client",
        "allocation": "none",
        "rows": made.rows,
        "occasions": [{"code": str(month), "months": month, "label": _months(month)} for month in months],
        "measures": [_measure(measure(code)) for code in codes],
        "covariates": _covariates(edition, made),
        "missing_reasons": [{"code": code, "label": both(REASONS[code])} for code in made.reasons],
    }


def source(edition: Edition) -> str:
    """In English, as the dictionary has one text for it: which study, and how small groups were treated."""
    found = f"Kring, study {edition.study_id}, edition {edition.number}. {edition.reference}."
    found += " Clients who said yes to this edition; those who said no or nothing are not counted anywhere."
    found += f" No group that is told apart has fewer than {edition.threshold} clients."
    if edition.threshold < THRESHOLD:
        found += f" Why fewer than {THRESHOLD}: {edition.threshold_reason}"
    return found


def _months(month: int) -> dict[str, str]:
    if month == 0:
        return both(gettext_lazy("start"))
    found = {}
    for language in ("nl", "en"):
        with translation.override(language):
            found[language] = _("%(months)s months") % {"months": month}
    return found


def _measure(one: Measure) -> dict[str, Any]:
    definition = instruments.load(one.instrument)
    scale = definition.scale(one.scale)
    validated = {"nl": "", "en": ""} if definition.validated else both(gettext_lazy(" (not validated)"))
    title = {
        language: f"{definition.title[language]} {scale.title[language]}{validated[language]}"
        for language in ("nl", "en")
    }
    found: dict[str, Any] = {
        "code": one.code, "title": title, "range": [scale.low, scale.high],
        "better": scale.better, "instrument_version": definition.version, "source": definition.source,
        "rated_by": "client" if Respondent.CLIENT in definition.respondents else "clinician",
    }  # fmt: skip
    for name in ("reliability", "sd"):
        figure = getattr(scale, name)
        if figure is not None:
            found[name] = {"value": figure.value, "source": figure.source} | (
                {"kind": figure.kind} if figure.kind else {}
            )
    if norms := {norm.group: _norm(norm) for norm in scale.norms if norm.group in ("clinical", "general")}:
        found["norms"] = norms
    return found


def _norm(norm: Any) -> dict[str, Any]:
    known = {"mean": norm.mean, "sd": norm.sd, "source": norm.source}
    return known | ({"n": norm.n} if norm.n else {})


def _covariates(edition: Edition, made: Made) -> list[dict[str, Any]]:
    codes = {"language": (made.languages, LANGUAGES), "rule": (made.rules, RULES)}
    found: list[dict[str, Any]] = []
    for column in chosen(edition.columns):
        if not column.covariate:
            continue
        if column.kind == "number":
            label = both(NUMBERS[column.name])
            found.append({"name": column.name, "label": label, "type": "number", "level": column.covariate})
            continue
        there, words = codes[column.name]
        categories = [{"code": code, "label": both(words[code])} for code in (there or tuple(words))]
        found.append({
            "name": column.name, "label": both(column.words), "type": "category", "level": column.covariate,
            "categories": categories,
        })  # fmt: skip
    return found


def protocol(edition: Edition, made: Made) -> str:
    """A protocol that fits the table, so that a first report comes out at once. The question is the researcher's."""
    codes = [code for code in edition.measures if code in {code for code, _month in made.cells}]
    months = sorted({month for code, month in made.cells if code == codes[0]})
    groups = ["team", "person"] if len(made.teams) > 1 else ["person"]
    lines = [
        "# Made with the table, as a beginning. Decide what you ask before you look at the scores.",
        'format = "kring-protocol"',
        "version = 1",
        f"title = {{ nl = {_toml(edition.title_nl)}, en = {_toml(edition.title_en)} }}",
        f"registration = {_toml(edition.reference)}",
        "",
        "[outcome]",
        f"primary = {_toml(codes[0])}",
        f"secondary = {_toml(codes[1:])}",
        "",
        "[model]",
        f"fixed = {_toml('occasion + exposure' if len(months) > 1 else 'exposure')}",
        f"groups = {_toml(groups)}",
        "",
        "[[contrasts]]",
        'name = "meetings"',
        'label = { nl = "Verschil per bijeenkomst van de kring", en = "Difference per meeting of the circle" }',
        'coefficient = "exposure"',
        "",
        "[missing]",
        "imputations = 0",
        *(TRAINED if TRAINING in edition.columns and len(made.teams) > 1 else []),
        *(MODERATES if LIFE_FACTORS in edition.columns and len(made.teams) > 1 else []),
    ]
    if len(months) > 1:
        lines += ["", "[change]", f"from = {_toml(str(months[0]))}", f"to = {_toml(str(months[-1]))}"]
    lines += ["", "[disclosure]", f"threshold = {edition.threshold}"]
    if edition.threshold < THRESHOLD:
        lines.append(f"reason = {_toml(edition.threshold_reason)}")
    return "\n".join(lines) + "\n"


def _toml(value: str | list[str]) -> str:
    """A TOML string or list: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_me(edition: Edition, made: Made) -> str:
    """What to do with the files, in both languages."""
    found = []
    for language in ("nl", "en"):
        with translation.override(language):
            found.append(_read_me(edition, made))
    return "\n\n".join(found)


def _read_me(edition: Edition, made: Made) -> str:
    lines = [
        edition.title,
        _("Made on %(day)s. %(clients)s clients said yes to this study; no table holds anybody else.")
        % {"day": timezone.localdate().isoformat(), "clients": made.clients},
        _("Responsible: %(who)s. %(reference)s") % {"who": edition.responsible, "reference": edition.reference},
        _("Check it: kring evaluate check outcomes.csv --protocol protocol.toml"),
        _("Analyse it: kring evaluate run outcomes.csv --protocol protocol.toml --out report"),
        _("Before each new analysis, look in Kring who took their yes back, and delete their rows."),
        _("Do not try to find out who somebody is. Do not give the table to others."),
    ]
    return "\n".join(lines) + "\n"
