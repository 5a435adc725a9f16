"""The words of the key-in page, in English and Dutch (B1). A test keeps the two lists alike.

Messages of `keying` that a person can meet here are keys too, so that they are told in the reader's language.
"""

WORDS = {
    "en": {
        "language": "Nederlands", "other": "nl", "skip": "To the cell", "cell": "Cell", "list": "All cells",
        "doing": "The published review", "left": "{todo} of {all} wait for you", "done": "Nothing waits for you.",
        "done_more": "Look at all cells, or close this page.", "value": "What the paper prints", "quote": "Its words",
        "quote_help": "Copy the sentence, or the row of the table.", "page": "Page or table", "keep": "Keep",
        "later": "Later", "correct": "Correct it", "you_did": "You were last at", "undo": "Undo",
        "keyed": "{by} keyed this on {at}.", "check_title": "Is this right?", "check_help": "Lay it beside the paper.",
        "agree": "Agree", "dispute": "Not right", "note": "What is not right", "checked": "Checked by {by}.",
        "disputed": "Disputed by {by}", "ours": "Our value", "match": "match", "differ": "differ",
        "cannot check": "cannot check", "verdict": "Verdict", "published": "The paper",
        "source": "Words and page", "who": "Keyed by", "second": "Second checker", "nobody": "Nobody yet",
        "problem": "Something is wrong", "back": "Back",
        "keys_title": "Keys", "keys_on": "Use keys", "keys_text": "n later, a agree, u undo; Enter keeps",
        "A keyed cell needs a quote and a page.": "Fill in the words and the page too.",
        "The value is empty.": "Fill in what the paper prints. Or choose Later.",
        "Somebody keyed this cell since you opened it.": "Somebody keyed this cell meanwhile. See theirs above yours.",
        "This cell was keyed anew since you opened it.": "This cell was keyed anew meanwhile. Look at the new value.",
        "Say what is not right.": "Write what is not right. Then choose again.",
    },
    "nl": {
        "language": "English", "other": "en", "skip": "Naar de cel", "cell": "Cel", "list": "Alle cellen",
        "doing": "De gepubliceerde review", "left": "{todo} van {all} wachten op jou",
        "done": "Er wacht niets op jou.", "done_more": "Bekijk alle cellen, of sluit deze pagina.",
        "value": "Wat het artikel zegt", "quote": "De woorden zelf",
        "quote_help": "Neem de zin over, of de rij van de tabel.", "page": "Bladzijde of tabel", "keep": "Bewaren",
        "later": "Later", "correct": "Verbeteren", "you_did": "Je was net bij", "undo": "Terugdraaien",
        "keyed": "{by} vulde dit in op {at}.", "check_title": "Klopt dit?", "check_help": "Leg het naast het artikel.",
        "agree": "Klopt", "dispute": "Klopt niet", "note": "Wat klopt er niet", "checked": "Nagekeken door {by}.",
        "disputed": "Klopt niet volgens {by}", "ours": "Onze waarde", "match": "gelijk", "differ": "verschilt",
        "cannot check": "niet na te gaan", "verdict": "Oordeel", "published": "Het artikel",
        "source": "Woorden en bladzijde", "who": "Ingevuld door", "second": "Nagekeken door", "nobody": "Nog niemand",
        "problem": "Er klopt iets niet", "back": "Terug",
        "keys_title": "Toetsen", "keys_on": "Gebruik toetsen", 
        "keys_text": "n later, a klopt, u terugdraaien; Enter bewaart",
        "A keyed cell needs a quote and a page.": "Vul ook de woorden en de bladzijde in.",
        "The value is empty.": "Vul in wat het artikel zegt. Of kies Later.",
        "Somebody keyed this cell since you opened it.": "Iemand vulde deze cel intussen in. Die staat boven de jouwe.",
        "This cell was keyed anew since you opened it.": "Deze cel is intussen opnieuw ingevuld. Bekijk die.",
        "Say what is not right.": "Schrijf op wat er niet klopt. Kies dan opnieuw.",
    },
}  # fmt: skip
