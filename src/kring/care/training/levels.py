"""What is measured of learning, on Kirkpatrick's four levels, kept apart. Behaviour is what others saw or clients felt:
a measure of behaviour that people rate of themselves cannot be made.
"""

import dataclasses
import enum


class Level(enum.IntEnum):
    REACTION = 1
    KNOWLEDGE = 2
    BEHAVIOUR = 3
    RESULTS = 4


class Source(enum.StrEnum):
    """Who says it, as the dictionary of an outcome table has it (`rated_by`)."""

    SELF = "staff"
    OBSERVER = "observer"
    CLIENT = "client"


OF_BEHAVIOUR = frozenset({Source.OBSERVER, Source.CLIENT})


@dataclasses.dataclass(frozen=True)
class Measured:
    code: str
    level: Level
    source: Source
    low: float
    high: float
    nl: str
    en: str

    def __post_init__(self) -> None:
        if self.level == Level.BEHAVIOUR and self.source not in OF_BEHAVIOUR:
            raise ValueError(f"{self.code}: behaviour is never rated by people themselves")


MEASURES = (
    Measured("own_view", Level.REACTION, Source.SELF, 1, 5,
             "Hoe het oefenen ging, in eigen ogen (niveau 1)", "How practice went, in one's own eyes (level 1)"),
    Measured("quiz", Level.KNOWLEDGE, Source.SELF, 0, 100,
             "Kennistoets, % goed (niveau 2; niet gevalideerd)", "Knowledge quiz, % right (level 2; not validated)"),
    Measured("rki", Level.KNOWLEDGE, Source.SELF, 1, 5,
             "Recovery Knowledge Inventory (niveau 2)", "Recovery Knowledge Inventory (level 2)"),
    Measured("raq-7", Level.KNOWLEDGE, Source.SELF, 7, 35,
             "Recovery Attitudes Questionnaire, RAQ-7 (niveau 2)",
             "Recovery Attitudes Questionnaire, RAQ-7 (level 2)"),
    Measured("observed", Level.BEHAVIOUR, Source.OBSERVER, 0, 100,
             "Gezien in contacten, % van wat gezien kon worden (niveau 3; niet gevalideerd)",
             "Seen in contacts, % of what could be seen (level 3; not validated)"),
    Measured("support", Level.BEHAVIOUR, Source.CLIENT, 1, 5,
             "Steun volgens cliënten en naasten, vijf of meer samen (niveau 3; niet gevalideerd)",
             "Support as clients and families felt it, five or more together (level 3; not validated)"),
)  # fmt: skip
"""Level 4, results, are the clients' own measures: they stand in the table for research of the circles, by team, and
are never linked to one learner."""

BY_CODE = {one.code: one for one in MEASURES}
