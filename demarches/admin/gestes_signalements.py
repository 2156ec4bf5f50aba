"""The steps of a report, and what each of them asks."""

from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from demarches.admin.champs import JourInput
from demarches.filters.rendez_vous import JourField
from demarches.models import PieceJointe, Signalement
from demarches.services import signalements as services
from demarches.workflow import TRANSITIONS_SIGNALEMENT, Priorite, StatutSignalement
from ecms.admin import LongText, Step, StepForm
from ecms.codes import read_number
from mairies.models import ServiceMunicipal

S = StatutSignalement
# Of the reports near one, how many its page names.
PROCHES = 5


class MotForm(StepForm):
    message = LongText(
        label=gettext_lazy("Message"),
        required=False,
        help_text=gettext_lazy("Envoyé à qui a signalé, s'il a laissé une adresse."),
    )


class InterventionForm(MotForm):
    date_prevue = JourField(label=gettext_lazy("Jour de l'intervention"), widget=JourInput)
    field_order = ["date_prevue"]

    def clean_date_prevue(self):
        jour = self.cleaned_data["date_prevue"]
        if jour < timezone.localdate():
            raise ValidationError(_("Cette date est passée."))
        return jour


class MotifForm(StepForm):
    motif = LongText(
        label=gettext_lazy("Motif"), help_text=gettext_lazy("Qui a signalé le reçoit.")
    )


class NoteForm(StepForm):
    message = LongText(
        label=gettext_lazy("Note"),
        max_length=5000,
        help_text=gettext_lazy("Pour les agents de la mairie seulement."),
    )


class DoublonForm(StepForm):
    doublon_de = forms.CharField(
        label=gettext_lazy("Numéro du signalement d'origine"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(self.rows) == 1:
            self.fields["doublon_de"].help_text = _voisins(self.rows[0])

    def clean_doublon_de(self) -> Signalement:
        rows = Signalement.objects.manageable_by(self.user).filter(
            mairie__in={row.mairie_id for row in self.rows},
            numero_suivi=read_number(self.cleaned_data["doublon_de"]),
        )
        original = rows.select_related("mairie").first()
        if original is None:
            raise ValidationError(_("Aucun autre signalement de ce numéro ici."))
        return original


def _voisins(row: Signalement) -> str:
    """The open reports of the mairie around `row`: one of them may be the original."""
    if row.latitude is None:
        return ""
    near = services.proches(row.latitude, row.longitude, mairie=row.mairie_id)
    found = near.exclude(pk=row.pk).only("numero_suivi", "titre")[:PROCHES]
    named = [(each.numero_suivi, each.titre) for each in found]
    if not named:
        return ""
    return format_html("{} {}", _("Près de là :"), format_html_join(" ; ", "{} ({})", named))


class ServiceForm(StepForm):
    service = forms.ModelChoiceField(
        ServiceMunicipal.objects.none(),
        label=gettext_lazy("Service"),
        required=False,
        empty_label=gettext_lazy("Aucun service"),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        mairies = {row.mairie_id for row in self.rows}
        rows = ServiceMunicipal.objects.manageable_by(self.user)
        self.fields["service"].queryset = rows.filter(mairie__in=mairies)


class PrioriteForm(StepForm):
    priorite = forms.ChoiceField(
        label=gettext_lazy("Priorité"), choices=Priorite, widget=UnfoldAdminSelectWidget
    )


class PhotoForm(StepForm):
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/*"}),
    )


class PhotosForm(StepForm):
    """What is ticked changes side; a photo that came meanwhile stays where it is."""

    masquer = forms.ModelMultipleChoiceField(
        PieceJointe.objects.none(),
        label=gettext_lazy("Masquer au public"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    montrer = forms.ModelMultipleChoiceField(
        PieceJointe.objects.none(),
        label=gettext_lazy("Montrer de nouveau"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        (row,) = self.rows
        photos = list(row.photos.order_by("pk"))
        for name, est_visible in (("masquer", True), ("montrer", False)):
            field = self.fields[name]
            field.queryset = row.photos.all()
            shown = [photo for photo in photos if photo.est_visible == est_visible]
            field.choices = [(photo.pk, apercu(photo)) for photo in shown]
            if not shown:
                del self.fields[name]


def apercu(photo: PieceJointe) -> str:
    """A photo, small, with the day it came as its words."""
    words = _("Photo du %(jour)s") % {"jour": f"{timezone.localtime(photo.date_creation):%d/%m/%Y}"}
    return format_html('<img src="{}" alt="{}" width="160">', photo.photo.small_url, words)


def _doubler(row: Signalement, *, par, doublon_de: Signalement) -> None:
    services.marquer_doublon(row, doublon_de=doublon_de, par=par)


def _trier(row: Signalement, *, par, **changes) -> None:
    services.modifier(row, par=par, **changes)


def _illustrer(row: Signalement, *, par, photo) -> None:
    services.ajouter_photo(row, photo=photo, par=par, comme_agent=True)


def _exposer(row: Signalement, *, par, masquer=(), montrer=()) -> None:
    for pieces, est_visible in ((masquer, False), (montrer, True)):
        for piece in pieces:
            services.masquer_photo(piece, est_visible=est_visible, par=par)


def _peut_devenir(statut: S):
    return lambda row: statut in TRANSITIONS_SIGNALEMENT[S(row.statut)]


def _jamais(row: Signalement) -> bool:
    """Of a list alone: the page of a row has the same in its form."""
    return False


GESTES = [
    Step(
        "prendre_en_charge",
        gettext_lazy("Prendre en charge"),
        services.prendre_en_charge,
        ngettext_lazy(
            "%(count)s signalement pris en charge.",
            "%(count)s signalements pris en charge.",
            "count",
        ),
        allowed=_peut_devenir(S.EN_COURS),
        form=MotForm,
        permission="traiter",
        variant="primary",
    ),
    Step(
        "planifier",
        gettext_lazy("Planifier l'intervention"),
        services.planifier,
        ngettext_lazy(
            "%(count)s signalement planifié.", "%(count)s signalements planifiés.", "count"
        ),
        allowed=_peut_devenir(S.PLANIFIE),
        form=InterventionForm,
        permission="traiter",
    ),
    Step(
        "resoudre",
        gettext_lazy("Marquer comme résolu"),
        services.resoudre,
        ngettext_lazy("%(count)s signalement résolu.", "%(count)s signalements résolus.", "count"),
        allowed=_peut_devenir(S.RESOLU),
        form=MotForm,
        permission="traiter",
        variant="primary",
    ),
    Step(
        "doublon",
        gettext_lazy("Marquer comme doublon"),
        _doubler,
        ngettext_lazy("%(count)s doublon marqué.", "%(count)s doublons marqués.", "count"),
        allowed=_peut_devenir(S.DOUBLON),
        form=DoublonForm,
        permission="traiter",
    ),
    Step(
        "rejeter",
        gettext_lazy("Rejeter"),
        services.rejeter,
        ngettext_lazy("%(count)s signalement rejeté.", "%(count)s signalements rejetés.", "count"),
        allowed=_peut_devenir(S.REJETE),
        form=MotifForm,
        permission="traiter",
        variant="danger",
    ),
    Step(
        "rouvrir",
        gettext_lazy("Rouvrir"),
        partial(services.rouvrir, comme_agent=True),
        ngettext_lazy(
            "%(count)s signalement rouvert.", "%(count)s signalements rouverts.", "count"
        ),
        allowed=_peut_devenir(S.SIGNALE),
        form=MotifForm,
        permission="traiter",
    ),
    Step(
        "confier",
        gettext_lazy("Confier à un service"),
        _trier,
        ngettext_lazy("%(count)s signalement confié.", "%(count)s signalements confiés.", "count"),
        allowed=_jamais,
        form=ServiceForm,
        permission="traiter",
    ),
    Step(
        "priorite",
        gettext_lazy("Changer la priorité"),
        _trier,
        ngettext_lazy("%(count)s priorité fixée.", "%(count)s priorités fixées.", "count"),
        allowed=_jamais,
        form=PrioriteForm,
        permission="traiter",
    ),
    Step(
        "noter",
        gettext_lazy("Écrire une note interne"),
        services.annoter,
        ngettext_lazy("%(count)s note écrite.", "%(count)s notes écrites.", "count"),
        form=NoteForm,
        permission="traiter",
    ),
    Step(
        "photo",
        gettext_lazy("Ajouter une photo"),
        _illustrer,
        ngettext_lazy("%(count)s photo ajoutée.", "%(count)s photos ajoutées.", "count"),
        form=PhotoForm,
        permission="traiter",
        many=False,
    ),
    Step(
        "photos",
        gettext_lazy("Masquer ou montrer des photos"),
        _exposer,
        ngettext_lazy("Photos mises à jour.", "Photos mises à jour.", "count"),
        allowed=lambda row: row.photos.exists(),
        form=PhotosForm,
        permission="traiter",
        many=False,
    ),
]
