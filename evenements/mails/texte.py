"""The text part of a letter: what its HTML says, for those who read without."""

import re
from html.parser import HTMLParser

BLOCKS = {"p", "div", "h2", "h3", "h4", "ul", "ol", "dl", "table", "blockquote", "figure", "pre"}
LINES = {"li", "dt", "dd", "tr", "br", "caption", "figcaption"}
RULE = "----------"


def texte_lisible(html: str) -> str:
    """Sanitised HTML as text: paragraphs apart, items with a dash, each link with its address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.link = ""
        self.linked: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._separate(tag)
        if tag in LINES:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag == "hr":
            self.parts.append(f"\n\n{RULE}\n\n")
        elif tag == "img" and given.get("alt"):
            self.parts.append(f"[{given['alt']}]")
        elif tag == "a":
            self.link, self.linked = given.get("href") or "", []

    def handle_endtag(self, tag):
        if tag == "a":
            said = "".join(self.linked).strip()
            address = self.link.removeprefix("mailto:").removeprefix("tel:")
            if address and address != said:
                self.parts.append(f" ({address})")
            self.link = ""
        else:
            self._separate(tag)

    def handle_data(self, data):
        text = re.sub(r"\s+", " ", data)
        self.parts.append(text)
        if self.link:
            self.linked.append(text)

    def _separate(self, tag):
        if tag in BLOCKS:
            self.parts.append("\n\n")
