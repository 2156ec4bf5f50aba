"""Message catalogues without system gettext: Babel extracts, merges and compiles.

The code speaks French, so `locale/en` translates what is ours. `locale/fr` holds only what
nobody else says in French: the words of packages that ship no French, and the plural forms of
our own messages, because without them gettext counts the English way ("0 demandes").
"""

import ast
import re
from collections.abc import Iterable, Iterator
from gettext import NullTranslations, translation
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.extract import extract as read_calls
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.utils.translation.template import templatize

LANGUAGES = ("en", "fr")
OURS = ("ecms", "users", "mairies", "documents", "demarches", "evenements", "projets")
# What people meet in the admin, the API and its documentation.
THIRD_PARTIES = (
    "django_filters",
    "django_q",
    "drf_spectacular",
    "phonenumber_field",
    "rest_framework",
    "rest_framework_simplejwt",
    "unfold",
)
LOCALE = Path(__file__).parent / "locale"
SKIPPED = {"tests", "migrations", "locale", "static"}
# Which arguments of a call are messages, as Babel spells it.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
TITLE = "# Written by `manage.py catalogues`: only the translations are edited by hand."
HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdif]|\{\w*\}")


class BareCatalog(Catalog):
    """A catalogue whose header has no date, author or version, so that equal means equal."""

    def __init__(self, locale: str | None = None):
        super().__init__(locale, header_comment=TITLE, fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [header for header in super().mime_headers if header[0] in HEADERS]


class Silence(NullTranslations):
    """Ends a chain of translations with nothing, where gettext would repeat the question."""

    def gettext(self, message: str) -> str:
        return ""

    def pgettext(self, context: str, message: str) -> str:
        return ""

    def ngettext(self, message: str, plural: str, number: int) -> str:
        return ""


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def extract(packages: Iterable[str] = OURS) -> Catalog:
    """Every message that the Python and the templates of these packages may say."""
    catalog = BareCatalog()
    for package in packages:
        for path in _sources(package):
            theirs = _words_of_the_replaced(path, package)
            for _line, ids, _comments, context in _calls(path):
                if ids not in theirs:
                    catalog.add(ids, context=context, auto_comments=[package])
    return catalog


def python_calls(source: BytesIO, keywords: Iterable[str], _tags, options) -> Iterator[tuple]:
    """A Babel extractor; its own misses calls inside f-strings before Python 3.12."""
    for node in ast.walk(ast.parse(source.read())):
        if isinstance(node, ast.Call) and _name(node.func) in keywords:
            yield node.lineno, _name(node.func), [_text(argument) for argument in node.args], []


def wanted(language: str) -> Catalog:
    """What the catalogue of this language has to translate, given what upstream already says."""
    return extract(OURS) if language == "en" else _wanted_in_french()


def update(path: Path, catalog: Catalog) -> None:
    """Write `catalog` with the translations the file has; what the code no longer says goes."""
    catalog.locale = path.parent.parent.name
    known = _read(path)
    for message in messages(catalog):
        previous = known.get(message.id, message.context)
        if previous and previous.pluralizable == message.pluralizable:
            message.string = previous.string
            message.user_comments = previous.user_comments
            message.flags |= previous.flags & {"fuzzy"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, no_location=True, sort_output=True)


def compile_po(path: Path) -> None:
    path.with_suffix(".mo").write_bytes(_compiled(path))


def is_compiled(path: Path) -> bool:
    """Whether the .mo, which is what Django reads, says what the .po says."""
    compiled = path.with_suffix(".mo")
    return compiled.exists() and compiled.read_bytes() == _compiled(path)


def missing(language: str) -> list[str]:
    """The messages that a reader of this language would see in the other one."""
    known = _read(po_path(language))
    return [
        _shown(message)
        for message in messages(wanted(language))
        if not _is_translated(known.get(message.id, message.context))
    ]


def mismatched(language: str) -> list[str]:
    """The translations whose placeholders are not those of the message."""
    return [
        _shown(message)
        for message in messages(_read(po_path(language)))
        if _is_translated(message) and not _placeholders_agree(message)
    ]


def clashes() -> list[str]:
    """Our French words that are another's English one ("Location"): one key, two meanings."""
    upstream, theirs = _upstream(), extract(THIRD_PARTIES)
    ours = [_read(po_path(language)) for language in LANGUAGES]
    found = []
    for message in messages(extract(OURS)):
        elsewhere = _said(upstream, message)
        is_shared = elsewhere or theirs.get(message.id, message.context)
        meanings = {elsewhere, *(_said_by(catalog, message) for catalog in ours)}
        if is_shared and meanings - {"", _shown(message)}:
            found.append(_shown(message))
    return found


def problems() -> list[str]:
    """One sentence for each thing that would show a reader the wrong words."""
    found = [f"{text!r} also means something else in English: use pgettext" for text in clashes()]
    for language in LANGUAGES:
        found += [f"{language}: {text!r} has no translation" for text in missing(language)]
        found += [f"{language}: {text!r} loses a placeholder" for text in mismatched(language)]
        if not is_compiled(po_path(language)):
            found.append(f"{language}: django.mo is not what django.po says")
    return found


def messages(catalog: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [message for message in catalog if message.id]


def _sources(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    for root in spec.submodule_search_locations if spec else ():
        for path in sorted(Path(root).rglob("*")):
            folders = path.relative_to(root).parts[:-1]
            is_template = path.suffix in {".html", ".txt"} and "templates" in folders
            if (path.suffix == ".py" or is_template) and not SKIPPED.intersection(folders):
                yield path


def _words_of_the_replaced(path: Path, package: str) -> set:
    """What a template of ours has from the one that it stands in for: `templates/unfold/…` says
    Unfold's words, which are Unfold's to be translated."""
    folder, _separator, name = path.as_posix().partition("/templates/")
    other = name.partition("/")[0]
    if not folder or other not in THIRD_PARTIES or other == package:
        return set()
    roots = find_spec(other).submodule_search_locations
    replaced = [found for root in roots if (found := Path(root) / "templates" / name).exists()]
    return {ids for found in replaced for _line, ids, _comments, _context in _calls(found)}


def _calls(path: Path) -> Iterator[tuple]:
    if path.suffix == ".py":
        return read_calls(python_calls, BytesIO(path.read_bytes()), KEYWORDS)
    # The indentation of a template means nothing, but Babel's tokenizer would stumble on it.
    lines = templatize(path.read_text(encoding="utf-8"), origin=path).splitlines()
    source = "\n".join(line.strip() for line in lines)
    return read_calls("python", BytesIO(source.encode()), KEYWORDS)


def _name(function: ast.expr) -> str:
    return getattr(function, "id", None) or getattr(function, "attr", "")


def _text(argument: ast.expr) -> str | None:
    value = getattr(argument, "value", None)
    return value if isinstance(value, str) else None


def _wanted_in_french() -> Catalog:
    upstream, known, catalog = _upstream(), _read(po_path("fr")), BareCatalog()
    for message in messages(extract(THIRD_PARTIES)):
        chosen = _is_translated(known.get(message.id, message.context))
        if chosen or not _said(upstream, message):
            _add(catalog, message)
    for message in messages(extract(OURS)):
        if message.pluralizable:
            _add(catalog, message, string=message.id)
    return catalog


def _add(catalog: Catalog, message: Message, **options) -> None:
    comments = message.auto_comments
    catalog.add(message.id, context=message.context, auto_comments=comments, **options)


def _upstream() -> NullTranslations:
    """The French of Django and of the installed packages, each in its own `locale` folder."""
    chain = NullTranslations()
    folders = [Path(app.path) for app in apps.get_app_configs() if _is_foreign(app.name)]
    for folder in [*folders, Path(django.__file__).parent / "conf"]:
        chain.add_fallback(translation("django", folder / "locale", ["fr"], fallback=True))
    chain.add_fallback(Silence())
    return chain


def _is_foreign(name: str) -> bool:
    return name.startswith("django.") or name.startswith(THIRD_PARTIES)


def _said(translations: NullTranslations, message: Message) -> str:
    text = _shown(message)
    if message.context:
        return translations.pgettext(message.context, text)
    if message.pluralizable:
        return translations.ngettext(*message.id, 1)
    return translations.gettext(text)


def _said_by(catalog: Catalog, message: Message) -> str:
    return next(iter(_strings(catalog.get(message.id, message.context))), "")


def _shown(message: Message) -> str:
    return message.id[0] if message.pluralizable else message.id


def _strings(message: Message | None) -> tuple[str, ...]:
    if message is None:
        return ()
    return tuple(message.string) if message.pluralizable else (message.string,)


def _is_translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(_strings(message))


def _placeholders_agree(message: Message) -> bool:
    """One form of a plural may leave the number out ("une demande"), but none may invent one."""
    if not message.pluralizable:
        return _placeholders(message.string) == _placeholders(message.id)
    known = {mark for text in message.id for mark in _placeholders(text)}
    return all(known.issuperset(_placeholders(text)) for text in message.string)


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def _read(path: Path) -> Catalog:
    """The file as a catalogue that compiles the same everywhere; empty when there is no file."""
    catalog = BareCatalog(path.parent.parent.name)
    if path.exists():
        with path.open("rb") as file:
            for message in messages(read_po(file, locale=catalog.locale)):
                catalog[message.id] = message
    return catalog


def _compiled(path: Path) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, _read(path))
    return buffer.getvalue()
