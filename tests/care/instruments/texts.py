"""Made-up Questionnaires for instruments whose words are not ours to give: what an organisation would load."""

from kring.care.measures.instruments import load
from kring.care.measures.instruments.fhirpath_values import ORDINAL


def made_up(code, version=None):
    """A Questionnaire that fits the shipped scoring of this instrument, with nonsense for text."""
    definition = load(code, version)
    return {
        "resourceType": "Questionnaire",
        "url": f"https://example.org/{code}",
        "status": "active",
        "language": "nl",
        "title": f"Verzonnen tekst bij {code}",
        "code": [{"system": "urn:kring:instrument", "code": code, "version": definition.version}],
        "item": [_item(item) for item in definition.items],
    }


def _item(item):
    entry = {"linkId": item.link_id, "text": f"Verzonnen vraag {item.link_id}?", "type": "choice"}
    if item.decimals:
        return entry | {"type": "decimal"}
    return entry | {"answerOption": [choice(value) for value in range(item.low, item.high + 1)]}


def choice(value, **changes):
    """One choice that counts `value`."""
    worth = [{"url": ORDINAL, "valueDecimal": value}]
    coding = {"system": "https://example.org/choices", "code": f"c{value}", "display": f"Keuze {value}"}
    return {"extension": worth, "valueCoding": coding | changes}
