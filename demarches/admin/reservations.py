"""An appointment that an agent books for somebody at the desk or on the telephone."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from demarches.admin.champs import JourInput, LigneField
from demarches.creneaux import Creneau, creneaux_libres, minuit, proches
from demarches.filters.rendez_vous import JourField
from demarches.models import RendezVous
from ecms.admin import refusal
from ecms.admin.fields import check_moment
from ecms.admin.refusals import SAID
from mairies.models import MairieQuerySet, ServiceMunicipal
from mairies.workflow import StatutMairie

# In what a page sends: show the places, book nothing yet.
VOIR = "voir"


class ContactForm(forms.Form):
    """Who comes, how to reach them, why they come."""

    nom = LigneField(label=gettext_lazy("Nom"), max_length=150)
    telephone = PhoneNumberField(
        label=gettext_lazy("Téléphone"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "tel"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        required=False,
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
    )
    motif = LigneField(label=gettext_lazy("Motif"), required=False, max_length=500)


class ReservationForm(ContactForm):
    """A place of a service and who takes it.

    `montre` names the service and the day whose places the page showed: a place is not booked at
    another service than the one that was looked at.
    """

    service = forms.ModelChoiceField(
        ServiceMunicipal.objects.none(),
        label=gettext_lazy("Service"),
        widget=UnfoldAdminSelectWidget,
    )
    jour = JourField(label=gettext_lazy("Jour"), required=False, widget=JourInput)
    debut = forms.DateTimeField(
        label=gettext_lazy("Créneau"),
        validators=[check_moment],
        error_messages={"required": gettext_lazy("Choisissez un créneau.")},
    )
    langue = forms.ChoiceField(
        label=gettext_lazy("Langue des messages"),
        choices=RendezVous._meta.get_field("langue").choices,
        widget=UnfoldAdminSelectWidget,
    )
    montre = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["service"].queryset = self._services()

    def clean(self):
        cleaned = super().clean()
        reached = cleaned.get("email") or cleaned.get("telephone")
        if not reached and not {"email", "telephone"} & self.errors.keys():
            message = _("Donnez une adresse électronique ou un numéro de téléphone.")
            self.add_error("telephone", message)
        if cleaned.get("montre") != self.vu and "service" in cleaned:
            self.add_error("debut", _("Choisissez un créneau de ce service, ce jour-là."))
        return cleaned

    @property
    def service_choisi(self) -> ServiceMunicipal | None:
        """The service that is asked for, as long as it may be booked at."""
        return _lu(self.fields["service"], self["service"].value())

    @property
    def jour_choisi(self) -> date:
        debut = _lu(self.fields["debut"], self["debut"].value())
        of_place = timezone.localdate(debut) if debut else None
        return _lu(self.fields["jour"], self["jour"].value()) or of_place or timezone.localdate()

    @property
    def vu(self) -> str:
        service = self.service_choisi
        return f"{service.pk if service else ''}:{self.jour_choisi.isoformat()}"

    def places(self) -> list[tuple[Creneau, str, bool]]:
        """The free places to choose from, each in words, and whether it is the chosen one."""
        debut, jour = _lu(self.fields["debut"], self["debut"].value()), self.jour_choisi
        return [(c, _heures(c, jour), c.debut == debut) for c in self._creneaux()]

    def _creneaux(self) -> list[Creneau]:
        """The free places of the day; where it has none, the nearest ones."""
        service, jour = self.service_choisi, self.jour_choisi
        if service is None:
            return []
        quand = {"maintenant": timezone.now(), "sans_limites": True}
        (du_jour,) = creneaux_libres(service, jour, jour, **quand)
        return du_jour.creneaux or proches(service, minuit(jour), **quand)

    def _services(self):
        rows = ServiceMunicipal.objects.manageable_by(self.user).filter(
            est_actif=True, mairie__statut=StatutMairie.ACTIVE
        )
        rows = rows.select_related("mairie").defer(*MairieQuerySet.pages_of("mairie"))
        if not self.user.is_superuser:
            return rows
        # The country has thousands: those of the mairie whose agenda they came from.
        asked = _lu(forms.ModelChoiceField(rows, required=False), self["service"].value())
        return rows.filter(mairie=asked.mairie_id) if asked else rows.none()


def reserver(form: ReservationForm, service) -> RendezVous | None:
    """Book by `service` what a valid `form` asks; what is refused is said in it, and None."""
    voulu = {n: v for n, v in form.cleaned_data.items() if n not in {"service", "jour", "montre"}}
    try:
        return service(form.cleaned_data["service"], par=form.user, **voulu)
    except SAID as error:
        form.add_error("debut", refusal(error).messages)
        return None


def formulaire(request) -> ReservationForm:
    """The form of the page: what was sent, or looked for without booking yet."""
    if request.method == "POST" and VOIR not in request.POST:
        return ReservationForm(request.POST, user=request.user)
    asked = request.POST if request.method == "POST" else request.GET
    typed = {name: asked[name] for name in ReservationForm.base_fields if name in asked}
    return ReservationForm(initial=typed, user=request.user)


def _heures(creneau: Creneau, jour: date) -> str:
    said = f"{creneau.debut:%H:%M} – {creneau.fin:%H:%M}"
    le_jour = creneau.debut.date()
    return said if le_jour == jour else f"{date_format(le_jour, 'l j F')} {said}"


def _lu(field: forms.Field, value):
    """What `value` means to `field`, None for what means nothing."""
    try:
        return field.clean(value)
    except ValidationError:
        return None
