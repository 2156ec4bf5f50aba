"""Rich text: what a town hall's news may contain, and its plain text for extracts."""

import re
from html.parser import HTMLParser

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Formatting elements: the ones that a browser reopens by itself in the next paragraph.
FORMATTING = {"b", "code", "em", "i", "s", "strong", "u"}
INLINE = FORMATTING | {"a", "sub", "sup"}
TABLES = {"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
LISTS = {"dd", "dl", "dt", "li", "ol", "ul"}
# `div` carries nothing, but editors put paragraphs in it: without it they would run together.
BLOCKS = {"blockquote", "div", "figcaption", "figure", "h2", "h3", "h4", "hr", "p", "pre"}
TAGS = INLINE | TABLES | LISTS | BLOCKS | {"br", "img"}

# The text inside these is not prose: it goes with them.
DROPPED = {
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
}

ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}

# No user name before the host (`https://mairie.cm@evil.example` deceives), no control character.
WEB_ADDRESS = r"(?i:https?)://[^\s/?#\\@\x00-\x1f\x7f]+(?:[/?#][^\x00-\x1f\x7f\\]*)?"
MEDIA_PATH = r"/media/(?!.*\.\.)[\w./-]+"
NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
VALUES = {
    "href": re.compile(rf"{WEB_ADDRESS}|(?i:mailto):[^\x00-\x1f\x7f]+|(?i:tel):[0-9+ ().-]+"),
    "src": re.compile(rf"{WEB_ADDRESS}|{MEDIA_PATH}", re.ASCII),
    "scope": re.compile("col|row|colgroup|rowgroup"),
    "colspan": NUMBER,
    "rowspan": NUMBER,
    "width": NUMBER,
    "height": NUMBER,
    "start": NUMBER,
}

# A parser reopens formatting elements once per paragraph, and counts as one those that have the
# same attributes: 17 kB of `<b a=1><b a=2>...` would become 7 MB. Theirs are dropped first; what
# comes out still goes through the sanitiser, so a wrong cut costs characters and never safety.
FORMATTING_ATTRIBUTES = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*(?:>|\Z)",
    re.ASCII | re.IGNORECASE,
)

# Time grows with the square of the depth: this many tags is seconds at worst, and a long article.
MARKUP_AT_MOST = 20_000
PASSES_AT_MOST = 6


def _permitted(tag: str, attribute: str, value: str) -> str | None:
    value = value.strip()
    rule = VALUES.get(attribute)
    return value if rule is None or rule.fullmatch(value) else None


_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED,
    attributes=ATTRIBUTES,
    attribute_filter=_permitted,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer nofollow",
)


def sanitise(html: str) -> str:
    """`html` reduced to the tags, attributes and addresses allowed above; idempotent.

    Raises `ValidationError` when the markup is beyond what any article needs.
    """
    html = _storable(html)
    if html.count("<") > MARKUP_AT_MOST:
        raise _too_complex()
    # Removing a tag can change how the rest is parsed: only a text that comes out as it went in
    # will be read by a browser as it was read here.
    for _pass in range(PASSES_AT_MOST):
        cleaned = _cleaner.clean(FORMATTING_ATTRIBUTES.sub(r"<\1>", html))
        if cleaned == html:
            return cleaned
        html = cleaned
    raise _too_complex()


def plain_text(html: str) -> str:
    """The text of `html` on one line, for extracts. It is not HTML: escape it to display it."""
    return text_of_sanitised(sanitise(html))


def text_of_sanitised(html: str) -> str:
    """The same of what was sanitised before, or of the beginning of it."""
    extractor = _TextExtractor()
    extractor.feed(html)
    extractor.close()
    return " ".join("".join(extractor.parts).split())


class _TextExtractor(HTMLParser):
    """Reads sanitised HTML: a block separates words, an inline element does not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _storable(html: str) -> str:
    """PostgreSQL holds neither NUL nor lone surrogates, and the sanitiser refuses the latter."""
    return html.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _too_complex() -> ValidationError:
    return ValidationError(
        _("La mise en forme de ce texte est trop complexe : simplifiez-la."),
        code="html_trop_complexe",
    )
