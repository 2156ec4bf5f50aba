"""Extracts of found texts: the best passage, its words marked, everything else escaped."""

import re
import unicodedata
from html import escape

# Without the ellipses.
LENGTH = 280
BEFORE = 60
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


def words_of(text: str) -> set[str]:
    return set(WORD.findall(text))


def is_like(word: str, lexemes: list[str]) -> bool:
    """Whether `word` may have one of these quoted stems: French stemming keeps the first letters.

    It only spares PostgreSQL the words that cannot match.
    """
    folded = unicodedata.normalize("NFD", word.lower().translate(LIGATURES))
    start = "".join(c for c in folded if not unicodedata.combining(c))[:2]
    return any(lexeme[1:-1][:2].startswith(start) for lexeme in lexemes)


def extract(text: str, matched: set[str]) -> str:
    """At most 300 characters of `text` around what matched best, as HTML.

    The only markup in it is `<mark>`: `text` is not HTML, whatever it looks like.
    """
    text = " ".join(text.split())
    spans = [match.span() for match in WORD.finditer(text) if match[0] in matched]
    start, end = _passage(text, spans)
    pieces, at = [], start
    for first, last in spans:
        if start <= first and last <= end:
            pieces += [escape(text[at:first]), f"<mark>{escape(text[first:last])}</mark>"]
            at = last
    pieces.append(escape(text[at:end]))
    opening, closing = "…" if start else "", "…" if end < len(text) else ""
    return f"{opening}{''.join(pieces).strip()}{closing}"


def _passage(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    start = max(0, _best(text, spans) - BEFORE)
    if start:
        space = text.find(" ", start, start + BEFORE)
        start = space + 1 if space >= 0 else start
    end = start + LENGTH
    if end >= len(text):
        return start, len(text)
    space = text.rfind(" ", start, end + 1)
    return start, space if space > start else end


def _best(text: str, spans: list[tuple[int, int]]) -> int:
    """Where the passage begins that has the most different words; the first of equals."""
    best, most, after = 0, 0, 0
    for i, (first, _last) in enumerate(spans):
        while after < len(spans) and spans[after][1] <= first + LENGTH - BEFORE:
            after += 1
        different = len({text[a:b].lower() for a, b in spans[i:after]})
        if different > most:
            best, most = first, different
    return best
