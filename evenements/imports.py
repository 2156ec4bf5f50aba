"""The addresses that a mairie brings in a file: each is asked for its consent."""

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms.fields import langue_field
from ecms.imports import Choix, Colonne, ImportResource, Texte, declare
from evenements.models import AbonneNewsletter
from evenements.services import abonnes as services
from evenements.workflow import StatutAbonne
from users.services.addresses import plain_address

# What an address that is known already is told of: none of them is asked again.
CONNUES = {
    StatutAbonne.EN_ATTENTE: gettext_lazy("Déjà invitée à confirmer."),
    StatutAbonne.CONFIRME: gettext_lazy("Déjà abonnée."),
    StatutAbonne.DESINSCRIT: gettext_lazy("S'est désinscrite : elle n'est pas réabonnée."),
    StatutAbonne.REJETE: gettext_lazy("Son serveur l'a rejetée : elle n'est pas réabonnée."),
}


class Adresse(Texte):
    def clean(self, value, row=None, **kwargs):
        return super().clean(value).lower()


class AbonneImport(ImportResource):
    """Addresses to invite. One that is known, above all one that has left, is left as it is."""

    key = ("email",)
    email = Colonne("email", Adresse(), example="citoyen@exemple.cm")
    nom = Colonne("nom", example="Paul Essomba", empties=True)
    langue = Colonne(
        "langue", Choix(langue_field().choices), example="fr", note=gettext_lazy("fr ou en")
    )

    class Meta(ImportResource.Meta):
        model = AbonneNewsletter

    def key_of(self, row):
        return tuple(part.lower() for part in super().key_of(row))

    def key_of_instance(self, instance):
        return (instance.email.lower(),)

    def named(self, rows, keys):
        return rows.alias(_adresse=Lower("email")).filter(
            _adresse__in={address for (address,) in keys}
        )

    def after_init_instance(self, instance, new, row, row_number=0, **kwargs):
        if not new:
            self.notes[row_number] = str(CONNUES[StatutAbonne(instance.statut)])

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return instance.pk is not None

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        super().validate_instance(instance, import_validation_errors, validate_unique)
        try:
            plain_address(instance.email)
        except ValidationError as error:
            raise ValidationError({"email": error}) from error

    def store(self, instance, *, is_new):
        abonne = services.demander_abonnement(
            self.mairie, email=instance.email, nom=instance.nom, langue=instance.langue
        )
        instance.pk = abonne.pk

    def warnings(self):
        if not self.created:
            return []
        return [_("Chaque nouvelle adresse reçoit un message pour confirmer son abonnement.")]


declare(AbonneImport)
