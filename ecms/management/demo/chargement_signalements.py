"""Files the reports of the demo, and handles them, through the services that everybody uses."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from demarches.models import Signalement
from demarches.services import signalements as services
from ecms.management.demo import images
from ecms.management.demo.signalements import SIGNALEMENTS, SignalementDemo
from mairies.models import Mairie


def signaler_et_traiter(mairie: Mairie, lieux: dict[str, str], *, agent, citoyen) -> None:
    """Write `SIGNALEMENTS`; `lieux` says what stands for the names between braces."""
    deposes = []
    for demo in SIGNALEMENTS:
        signalement = _signaler(demo, mairie, lieux, citoyen if demo.par_compte else None)
        deposes.append(signalement)
        for nom, faits in demo.actes:
            _agir(signalement, nom, dict(faits), agent)
        if demo.doublon_du is not None:
            original = deposes[demo.doublon_du]
            services.marquer_doublon(signalement, doublon_de=original, par=agent)


def _signaler(demo: SignalementDemo, mairie: Mairie, lieux: dict[str, str], par) -> Signalement:
    nord, est = (Decimal(str(degres)) for degres in demo.ecart)
    signalement = services.signaler(
        mairie,
        par=par,
        photos=[_photo(demo, mairie)] if demo.photo else [],
        categorie=demo.categorie,
        titre=demo.titre,
        description=demo.description,
        repere=demo.repere.format_map(lieux),
        latitude=Decimal(mairie.latitude) + nord,
        longitude=Decimal(mairie.longitude) + est,
        est_anonyme=demo.est_anonyme,
    )
    moment = timezone.now() - timedelta(days=demo.jours)
    Signalement.objects.filter(pk=signalement.pk).update(date_creation=moment)
    return signalement


def _photo(demo: SignalementDemo, mairie: Mairie):
    return images.banniere(demo.photo, mairie.nom, (mairie.couleur_primaire, "#5c5c5c"))


def _agir(signalement: Signalement, nom: str, faits: dict, agent) -> None:
    if "jours" in faits:
        faits["date_prevue"] = timezone.localdate() + timedelta(days=faits.pop("jours"))
    getattr(services, nom)(signalement, par=agent, **faits)
