"""GIFT, Moodle's plain-text format: https://docs.moodle.org/en/GIFT_format (read 2026)."""

import re

from kring.care.training.quizzes.common import TRUE_FALSE, Question, Read, Unread, question, without_markup

_TITLE = re.compile(r"^::(.*?)(?<!\\)::", re.DOTALL)
_FORMAT = re.compile(r"^\s*\[(html|plain|markdown|moodle)\]", re.IGNORECASE)
_ANSWER = re.compile(r"(?<!\\)([=~])")
_WEIGHT = re.compile(r"^%(-?\d+(?:\.\d+)?)%")
_TRUTH = re.compile(r"^(T|TRUE|F|FALSE)$", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([~=#{}:\\])")


def read(words: str, language: str) -> Read:
    lines = [line for line in words.splitlines() if not line.lstrip().startswith("//")]
    found = Read()
    for number, text in enumerate(re.split(r"\n\s*\n", "\n".join(lines)), start=1):
        kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("$CATEGORY:")).strip()
        if kept:
            found.add(_one(kept, number, language))
    return found


def _one(text: str, number: int, language: str) -> Question | Unread:
    title = _TITLE.match(text)
    name = title.group(1).strip() if title else f"question {number}"
    rest = text[title.end() :] if title else text
    opened = re.search(r"(?<!\\)\{", rest)
    closed = re.search(r"(?<!\\)\}", rest)
    if not opened or not closed or closed.start() < opened.start():
        return Unread(name, "description")
    before, inside, after = rest[: opened.start()], rest[opened.end() : closed.start()], rest[closed.end() :]
    asked = _plain(f"{before} _____ {after}" if after.strip() else before)
    inside, _mark, general = inside.partition("####")
    return _answers(name, asked, inside.strip(), _plain(general), language)


def _answers(name: str, asked: str, inside: str, general: str, language: str) -> Question | Unread:
    if not inside:
        return Unread(name, "essay")
    if inside.startswith("#"):
        return _numeric(name, asked, inside[1:].strip(), general, language)
    words, _mark, feedback = inside.partition("#")
    if _TRUTH.match(words.strip()):
        right = 0 if words.strip().upper().startswith("T") else 1
        told = general or _plain(feedback)
        return question(name, "single", [right], language, asked, choices=list(TRUE_FALSE[language]), explanation=told)
    return _choices(name, asked, inside, general, language)


def _numeric(name: str, asked: str, inside: str, general: str, language: str) -> Question | Unread:
    value, _mark, feedback = inside.partition("#")
    number = r"-?\d+(?:\.\d+)?"
    exact = re.fullmatch(rf"=?({number})(?::({number}))?", value.strip())
    between = re.fullmatch(rf"({number})\.\.({number})", value.strip())
    if exact:
        middle, tolerance = float(exact.group(1)), float(exact.group(2) or 0)
    elif between:
        low, high = map(float, between.groups())
        middle, tolerance = (low + high) / 2, (high - low) / 2
    else:
        return Unread(name, "numerical", "it has more than one numeric answer")
    told = general or _plain(feedback)
    return question(name, "numeric", [middle], language, asked, explanation=told, tolerance=tolerance)


def _choices(name: str, asked: str, inside: str, general: str, language: str) -> Question | Unread:
    parts = _ANSWER.split(inside)[1:]
    answers = list(zip(parts[::2], parts[1::2], strict=True))
    if not answers:
        return Unread(name, "unknown", "its answers cannot be read")
    if any("->" in words for _mark, words in answers):
        return Unread(name, "matching")
    read_out = [_choice(mark, words) for mark, words in answers]
    told = general or " ".join(feedback for _words, weight, feedback in read_out if weight > 0 and feedback)
    texts, right = [words for words, _w, _f in read_out], [at for at, each in enumerate(read_out) if each[1] > 0]
    if all(mark == "=" for mark, _words in answers):
        return question(name, "short", texts, language, asked, explanation=told)
    if not right:
        return Unread(name, "multiple choice", "no answer is right")
    several = len(right) > 1 or any(_WEIGHT.match(words.strip()) for mark, words in answers if mark == "~")
    kind = "multiple" if several else "single"
    return question(name, kind, right, language, asked, choices=texts, explanation=told)


def _choice(mark: str, words: str) -> tuple[str, float, str]:
    """The words, how much of the points they bring, and what is said afterwards."""
    weight = _WEIGHT.match(words.strip())
    rest = words.strip()[weight.end() :] if weight else words
    text, _mark, feedback = (
        re.split(r"((?<!\\)#)", rest, maxsplit=1) if re.search(r"(?<!\\)#", rest) else (rest, "", "")
    )
    points = float(weight.group(1)) if weight else 100.0 if mark == "=" else 0.0
    return _plain(text), points, _plain(feedback)


def _plain(words: str) -> str:
    html = _FORMAT.match(words)
    text = _FORMAT.sub("", words)
    text = _ESCAPED.sub(r"\1", text.replace("\\n", " "))
    return without_markup(text) if html and html.group(1).lower() == "html" else " ".join(text.split())
