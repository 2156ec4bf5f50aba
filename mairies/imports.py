"""The services that a mairie brings in a file. Their hours are set one by one."""

from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from ecms.imports import Colonne, Entier, ImportResource, OuiNon, declare
from mairies.models import ServiceMunicipal
from mairies.occupations import hors_horaires

NOMMES = 10
OUI, NON, OUI_OU_NON = gettext_lazy("oui"), gettext_lazy("non"), gettext_lazy("oui ou non")


class ServiceImport(ImportResource):
    """Services, known by their name."""

    key = ("nom",)
    nom = Colonne("nom", others=[gettext_lazy("Service")], example="État civil")
    description = Colonne("description", example="Actes et certificats.", empties=True)
    responsable = Colonne("responsable", example="Mme Ngo Bella", empties=True)
    telephone = Colonne("telephone", example="+237 222 22 22 22", empties=True)
    email = Colonne("email", example="etat-civil@mairie.cm", empties=True)
    localisation = Colonne("localisation", example="Rez-de-chaussée, bureau 3", empties=True)
    ordre = Colonne("ordre", Entier(), example=1)
    est_actif = Colonne("est_actif", OuiNon(), example=OUI, note=OUI_OU_NON)
    rdv_en_ligne = Colonne("rdv_en_ligne", OuiNon(), example=NON, note=OUI_OU_NON)
    duree_rdv = Colonne("duree_rdv", Entier(), example=30)

    class Meta(ImportResource.Meta):
        model = ServiceMunicipal

    def warnings(self):
        """Which appointments the changed services leave outside: nothing is cancelled."""
        dehors = hors_horaires(self.changed, par=self.par) if self.changed else []
        if not dehors:
            return []
        noms = [f"{timezone.localtime(o.debut):%d/%m/%Y %H:%M} {o.nom}" for o in dehors[:NOMMES]]
        message = ngettext(
            "%(nombre)s rendez-vous est hors des horaires et reste à déplacer ou à annuler : "
            "%(lesquels)s",
            "%(nombre)s rendez-vous sont hors des horaires et restent à déplacer ou à annuler : "
            "%(lesquels)s",
            len(dehors),
        )
        return [message % {"nombre": len(dehors), "lesquels": " ; ".join(noms)}]


declare(ServiceImport)
