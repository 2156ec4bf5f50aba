"""Writes the procedures of a mairie of the demo, through the service that agents use."""

from demarches.models import Formulaire
from demarches.services.formulaires import creer_formulaire
from ecms.management.demo.accounts import DOMAINE
from ecms.management.demo.formulaires import FORMULAIRES
from ecms.management.demo.formulaires_questions import FormulaireDemo
from mairies.models import Mairie, ServiceMunicipal


def offrir_formulaires(mairie: Mairie) -> None:
    """Write `FORMULAIRES`, each answered by the service of its name where the mairie has one."""
    services = {service.nom: service for service in mairie.services.all()}
    for demo in FORMULAIRES:
        creer_formulaire(_formulaire(demo, mairie, services.get(demo.service)))


def _formulaire(
    demo: FormulaireDemo, mairie: Mairie, service: ServiceMunicipal | None
) -> Formulaire:
    return Formulaire(
        mairie=mairie,
        service=service,
        nom=demo.nom,
        type=demo.type,
        description=demo.description,
        champs=demo.champs,
        pieces_requises=demo.pieces,
        cout_xaf=demo.cout,
        delai_jours=demo.delai,
        base_legale=demo.base_legale,
        en_ligne=demo.en_ligne,
        necessite_compte=demo.necessite_compte,
        email_notification=f"demarches.{mairie.slug}@{DOMAINE}",
    )
