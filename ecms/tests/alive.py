"""What of a page would run, were it read by a browser: the eye of the XSS tests.

Every payload calls `MARK`. Where its text stands as text it is harmless; as the name of an
element or attribute, in a script or style, or in an attribute that a browser acts on, it lives.
"""

from html.parser import HTMLParser

MARK = "alerte"
# Attributes whose text is shown or sent, and never run.
TEXT = {"alt", "aria-label", "content", "placeholder", "title", "value"}
RUN = {"script", "style"}
ADDRESSES = {"action", "background", "data", "formaction", "href", "poster", "src", "xlink:href"}
SCHEMES = ("javascript:", "vbscript:", "data:")


def alive(html: str) -> list[str]:
    """What lives in `html`, [] when nothing does."""
    eye = _Eye()
    eye.feed(html)
    eye.close()
    return eye.found


class _Eye(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        if MARK in tag:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if MARK in name or _carries(name, value or "") or _runs(name, value or ""):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside in RUN and MARK in data:
            self.found.append(f"<{self.inside}>{data}")


def _carries(name: str, value: str) -> bool:
    """Whether a payload stands where it is more than text. A search that is asked for again in a
    link of ours is text too."""
    ours = name in ADDRESSES and value.startswith(("/", "?")) and not value.startswith("//")
    return MARK in value and name not in TEXT and not ours


def _runs(name: str, value: str) -> bool:
    """Whether the address is one of a script, however it is spelled."""
    address = "".join(c for c in value if c > " ").lower()
    scripted = address.startswith(SCHEMES) and not address.startswith("data:image/")
    return name in ADDRESSES and scripted and not _of_the_admin(address)


def _of_the_admin(address: str) -> bool:
    return address in {"javascript:void(0)", "javascript:void(0);"}
