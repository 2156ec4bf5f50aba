"""The receipt of a dossier: what was filed when, what it costs and by when the mairie answers."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from demarches.definition import libelle
from demarches.models import DemarcheAdministrative
from ecms.files import discarded_on_error

# Ours: no font that a reader has at home is sure to know ŋ, ɓ or ɔ̀.
FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
# Millimetres.
MARGIN, LABEL, LINE = 20, 52, 6
# Points.
SMALL, TEXT, TITLE = 8.5, 10.5, 17
GREY, BLACK = 90, 20
NO_BREAK = "\u00a0"
# After that long its task was lost; after so many days nobody waits for it any more.
PERDU, OUBLIE = timedelta(minutes=5), timedelta(days=30)
LOT = 100


class _Page(FPDF):
    """An A4 page that says at its foot which dossier it belongs to."""

    def __init__(self, numero: str):
        super().__init__(format="A4")
        self.numero = numero
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + LINE)
        self.add_page()

    def footer(self):
        self.set_y(-MARGIN)
        page = _("page %(numero)s") % {"numero": self.page_no()}
        self.line_of(f"{self.numero} · {page}", size=SMALL, grey=GREY, align="C")

    def line_of(self, text: str, *, size=TEXT, style="", grey=BLACK, align="L", indent=0.0) -> None:
        """A paragraph, wrapped; a word that is longer than the line is cut."""
        self.set_font(FONT, style, size)
        self.set_text_color(grey)
        self.set_x(MARGIN + indent)
        self.multi_cell(0, LINE, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str) -> None:
        self.ln(LINE / 2)
        self.line_of(text, style="B")

    def fact(self, label: str, value: str) -> None:
        """A label with its value beside it, which may take several lines."""
        if self.will_page_break(2 * LINE):
            self.add_page()
        self.set_font(FONT, "", SMALL)
        self.set_text_color(GREY)
        top = self.get_y()
        self.multi_cell(LABEL - 2, LINE, label, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        after, page = self.get_y(), self.page_no()
        self.set_y(top)
        self.line_of(value, indent=LABEL)
        if self.page_no() == page:
            self.set_y(max(after, self.get_y()))


def etablir(pk: int) -> None:
    """Make the receipt of a filed dossier and keep it with its row.

    Run twice, or anew after it was killed, it makes one: the row's lock decides who does.
    """
    with transaction.atomic():
        rows = DemarcheAdministrative.objects.select_for_update(no_key=True, of=("self",))
        demarche = rows.select_related("mairie", "formulaire").filter(pk=pk).first()
        if demarche is None or demarche.recepisse or not a_recepisse(demarche):
            return
        demarche.recepisse = ContentFile(composer(demarche), "recepisse.pdf")
        with discarded_on_error(demarche):
            demarche.save(update_fields=["recepisse"])


def manquants() -> list[int]:
    """The ids of at most `LOT` dossiers that were filed in the last 30 days, and are still without
    a receipt after five minutes.

    The last ones first: those that fail again and again do not keep the others from theirs.
    """
    maintenant = timezone.now()
    rows = DemarcheAdministrative.objects.filter(
        recepisse="",
        date_anonymisation__isnull=True,
        date_depot__gt=maintenant - OUBLIE,
        date_depot__lt=maintenant - PERDU,
    )
    return list(rows.order_by("-date_depot", "-pk").values_list("pk", flat=True)[:LOT])


def a_recepisse(demarche: DemarcheAdministrative) -> bool:
    """Whether there is a receipt, or will be one: once it is filed, until it is forgotten."""
    return demarche.date_depot is not None and not demarche.est_anonymisee


def nom_du_fichier(demarche: DemarcheAdministrative) -> str:
    return f"recepisse-{demarche.numero_suivi}.pdf"


def composer(demarche: DemarcheAdministrative) -> bytes:
    """The receipt as PDF, in the language of the dossier. The secret code is not on it: a receipt
    is shown around."""
    with override(demarche.langue):
        page = _Page(demarche.numero_suivi)
        page.set_title(_("Récépissé de dépôt %(numero)s") % {"numero": demarche.numero_suivi})
        page.set_lang(demarche.langue)
        page.set_author(demarche.mairie.nom)
        _entete(page, demarche)
        for label, value in _faits(demarche):
            if value:
                page.fact(label, value)
        _pieces(page, demarche)
        _suite(page, demarche)
        return bytes(page.output())


def _entete(page: _Page, demarche: DemarcheAdministrative) -> None:
    page.line_of(_("République du Cameroun"), size=SMALL, grey=GREY)
    page.line_of(_("Paix – Travail – Patrie"), size=SMALL, grey=GREY)
    page.line_of(demarche.mairie.nom, size=TEXT + 2, style="B")
    page.ln(LINE)
    page.line_of(_("Récépissé de dépôt"), size=TITLE, style="B")
    page.ln(LINE / 2)


def _faits(demarche: DemarcheAdministrative) -> list[tuple[str, str]]:
    return [
        (_("Numéro de suivi"), demarche.numero_suivi),
        (_("Démarche"), demarche.formulaire.nom),
        (_("Déposée le"), _moment(demarche.date_depot)),
        (_("Demandeur"), demarche.nom_demandeur),
        (_("Coût"), _montant(demarche.cout_xaf)),
        (_("Délai"), _delai(demarche.delai_jours)),
        (_("Réponse au plus tard le"), _jour(demarche.echeance)),
        (_("Base légale"), demarche.formulaire.base_legale),
    ]


def _pieces(page: _Page, demarche: DemarcheAdministrative) -> None:
    fichiers, autres = _fichiers(demarche), _sans_fichier(demarche)
    au_guichet = demarche.canal == DemarcheAdministrative.Canal.GUICHET
    if au_guichet:
        fichiers += [_("%(piece)s (original vu au guichet)") % {"piece": nom} for nom in autres]
    page.heading(_("Pièces reçues"))
    for ligne in fichiers or [_("Aucun fichier")]:
        _puce(page, ligne)
    if autres and not au_guichet:
        page.heading(_("Pièces à apporter"))
        for nom in autres:
            _puce(page, nom)


def _fichiers(demarche: DemarcheAdministrative) -> list[str]:
    """What was attached, by the words of its question and by its name."""
    noms = _libelles(demarche)
    return [
        f"{nom} ({piece.nom_original})" if (nom := noms.get(piece.champ)) else piece.nom_original
        for piece in demarche.pieces.order_by("pk")
    ]


def _libelles(demarche: DemarcheAdministrative) -> dict[str, str]:
    """The words for each question that takes files, and for each required paper."""
    questions = [q for q in demarche.definition if q["type"] in {"fichier", "photo"}]
    named = [*demarche.pieces_requises, *questions]
    return {item["cle"]: libelle(item["libelle"], demarche.langue) for item in named}


def _sans_fichier(demarche: DemarcheAdministrative) -> list[str]:
    """The required papers that did not come as files: at the desk the agent has seen them."""
    recues = set(demarche.pieces.values_list("champ", flat=True))
    return [
        libelle(piece["libelle"], demarche.langue)
        for piece in demarche.pieces_requises
        if piece["obligatoire"] and piece["cle"] not in recues
    ]


def _suite(page: _Page, demarche: DemarcheAdministrative) -> None:
    page.heading(_("Suivre votre dossier"))
    page.line_of(
        _(
            "Votre numéro de suivi et votre code secret disent où en est votre dossier. Le code "
            "vous a été remis à part : il ouvre votre dossier, ne le donnez à personne."
        )
    )
    if settings.FRONTEND_URL:
        page.line_of(f"{settings.FRONTEND_URL}/suivi/{demarche.numero_suivi}")
    page.ln(LINE / 2)
    made = {"moment": _moment(timezone.now())}
    page.line_of(
        _("Ce récépissé atteste le dépôt, non l'acceptation de la demande. Établi le %(moment)s.")
        % made,
        size=SMALL,
        grey=GREY,
    )


def _puce(page: _Page, text: str) -> None:
    page.line_of(f"–{NO_BREAK}{text}", indent=4)


def _moment(moment) -> str:
    local = timezone.localtime(moment)
    heure = date_format(local, "H:i")
    return _("%(jour)s à %(heure)s") % {"jour": _jour(local.date()), "heure": heure}


def _jour(jour) -> str:
    return date_format(jour, "j F Y") if jour else ""


def _montant(montant: int) -> str:
    if not montant:
        return _("Gratuit")
    # The law writes XAF, people say FCFA.
    return f"{montant:,}".replace(",", NO_BREAK) + f"{NO_BREAK}FCFA (XAF)"


def _delai(jours: int | None) -> str:
    if jours is None:
        return ""
    return ngettext("%(nombre)s jour ouvrable", "%(nombre)s jours ouvrables", jours) % {
        "nombre": jours
    }
