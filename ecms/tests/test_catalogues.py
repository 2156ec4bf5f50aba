import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from ecms import catalogues
from ecms.management.commands import catalogues as command

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy

def greet(name, count):
    message = f"{_('Bonjour')} {name}"
    _("Première partie, " "seconde partie")
    _("Mairie de %(nom)s") % {"nom": _("Douala")}
    ngettext("%(n)s jour", "%(n)s jours", count) % {"n": count}
    pgettext_lazy("logement", "Location")
    return _(name)
"""

TEMPLATE = """{% load i18n %}
<p title="l'état">
      {% translate "L'état civil" %}
  {# Translators: it's a comment with an odd ' quote #}
  {% comment %}{% translate "Jamais" %}{% endcomment %}
</p>
    {{ titre|default:_("Sans titre") }} {% include "x.html" with nom=_("Accueil") %}
  {% translate "Ouvert" context "horaires" as ouvert %}
      {% blocktranslate trimmed with nom=mairie.nom asvar phrase %}
        Bienvenue à
        {{ nom }}, 100 % en ligne
      {% endblocktranslate %}
{% blocktranslate count n=total trimmed context "dossiers" %}
  {{ n }} reçu
  {% plural %}
  {{ n }} reçus
{% endblocktranslate %}
{% blocktranslate count n=total %}{{ n }} page{% plural %}{{ n }} pages{% endblocktranslate %}
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Writes an importable package of one module and one template."""

    def write(name, python="", template=""):
        folder = tmp_path / name
        (folder / "templates").mkdir(parents=True)
        (folder / "tests").mkdir()
        (folder / "__init__.py").write_text(python)
        (folder / "tests" / "__init__.py").write_text("_('Essai')")
        (folder / "templates" / "page.html").write_text(template)
        return name

    monkeypatch.syspath_prepend(tmp_path)
    return write


def found(package):
    return {
        (message.context, message.id)
        for message in catalogues.messages(catalogues.extract([package]))
    }


def test_python_is_read_even_inside_f_strings(package):
    assert found(package("en_python", python=PYTHON)) == {
        (None, "Bonjour"),
        (None, "Première partie, seconde partie"),
        (None, "Mairie de %(nom)s"),
        (None, "Douala"),
        (None, ("%(n)s jour", "%(n)s jours")),
        ("logement", "Location"),
    }


def test_templates_are_read_as_django_reads_them(package):
    assert found(package("en_gabarit", template=TEMPLATE)) == {
        (None, "L'état civil"),
        (None, "Sans titre"),
        (None, "Accueil"),
        ("horaires", "Ouvert"),
        (None, "Bienvenue à %(nom)s, 100 %% en ligne"),
        ("dossiers", ("%(n)s reçu", "%(n)s reçus")),
        (None, ("%(n)s page", "%(n)s pages")),
    }


def test_a_template_that_stands_in_for_another_keeps_its_words_out_of_ours():
    ids = {message.id for message in catalogues.extract(["ecms"])}
    assert "Mon compte" in ids
    assert "Light" not in ids


def test_update_keeps_translations_and_drops_what_is_gone(package, tmp_path):
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    catalogues.update(path, catalogues.extract([package("avant", python="_('Un'), _('Deux')")]))
    path.write_text(path.read_text().replace('"Un"\nmsgstr ""', '"Un"\nmsgstr "One"'))
    catalogues.update(path, catalogues.extract([package("apres", python="_('Un'), _('Trois')")]))
    text = path.read_text()
    assert 'msgid "Un"\nmsgstr "One"' in text
    assert 'msgid "Trois"\nmsgstr ""' in text
    assert "Deux" not in text


def test_update_writes_the_same_bytes_twice(package, tmp_path):
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    name = package("deux_fois", python=PYTHON, template=TEMPLATE)
    catalogues.update(path, catalogues.extract([name]))
    first = path.read_bytes()
    catalogues.update(path, catalogues.extract([name]))
    assert path.read_bytes() == first


def test_a_po_that_changed_is_not_compiled(package, tmp_path):
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    catalogues.update(path, catalogues.extract([package("compile", python="_('Un')")]))
    assert not catalogues.is_compiled(path)
    catalogues.compile_po(path)
    assert catalogues.is_compiled(path)
    path.write_text(path.read_text().replace('"Un"\nmsgstr ""', '"Un"\nmsgstr "One"'))
    assert not catalogues.is_compiled(path)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_mo_says_what_the_po_says(language):
    assert catalogues.is_compiled(catalogues.po_path(language))


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_message_is_translated(language):
    assert catalogues.missing(language) == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_translations_keep_the_placeholders(language):
    assert catalogues.mismatched(language) == []


def test_no_french_message_is_an_english_word_with_another_meaning():
    assert catalogues.clashes() == []


def test_a_message_of_ours_may_not_borrow_an_english_word(package, monkeypatch):
    monkeypatch.setattr(catalogues, "OURS", [package("emprunt", python="_('From'), _('Date')")])
    assert catalogues.clashes() == ["From"]


def test_the_plurals_of_our_messages_are_repeated_in_french(package, monkeypatch):
    python = 'ngettext("%(n)s jour", "%(n)s jours", 2)'
    monkeypatch.setattr(catalogues, "OURS", [package("pluriel", python=python)])
    message = catalogues.wanted("fr").get("%(n)s jour")
    assert message.string == ("%(n)s jour", "%(n)s jours")


def test_the_admin_speaks_french():
    with translation.override("fr"):
        assert translation.gettext("Type to search") == "Saisissez votre recherche"
        assert translation.gettext("Log in") == "Connexion"
    with translation.override("en"):
        assert translation.gettext("Type to search") == "Type to search"


def test_french_counts_zero_as_singular():
    one = "\n                    Export %(len)s selected item.\n                "
    many = one.replace("item.", "items.")
    with translation.override("fr"):
        assert "élément sélectionné" in translation.ngettext(one, many, 0)
        assert "éléments sélectionnés" in translation.ngettext(one, many, 2)


def test_check_lists_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    with pytest.raises(CommandError) as refusal:
        call_command("catalogues", "--check")
    assert "fr: 'Type to search' has no translation" in str(refusal.value)
    assert "en: django.mo is not what django.po says" in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_and_compiles(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    call_command("catalogues")
    assert "fr: 'Type to search' has no translation" in capsys.readouterr().out
    assert all(catalogues.is_compiled(catalogues.po_path(name)) for name in catalogues.LANGUAGES)


def test_without_babel_the_command_says_so(monkeypatch):
    monkeypatch.setattr(command, "catalogues", None)
    with pytest.raises(CommandError, match="Babel is missing"):
        call_command("catalogues", "--check")
