"""The accounts of the demo, all with one password that anybody may read here.

Their addresses end in `.example`, which no mail server will ever answer for.
"""

from dataclasses import dataclass

from ecms.management.demo.mairies import DEMANDES, MAIRIES

DEMO_PASSWORD = "Decouvrir-E-CMS"  # noqa: S105 the demo's, printed at each start
DOMAINE = "ecms.example"

# Groups of `users.groups`.
ADMINISTRATION = "Administration de la mairie"
CONTENU = "Contenu"


@dataclass(frozen=True)
class CompteDemo:
    """`mairie` is where an agent works or a citizen lives; `groupe` is an agent's only."""

    username: str
    first_name: str
    last_name: str
    description: str
    mairie: str = ""
    groupe: str = ""
    langue: str = "fr"

    @property
    def email(self) -> str:
        return f"{self.username}@{DOMAINE}"


ADMIN = CompteDemo("admin", "Administration", "nationale", "administration nationale")

COMPTES = (
    ADMIN,
    *(
        CompteDemo(
            f"agent.{mairie.slug}",
            "Agent",
            mairie.nom,
            f"agent de {mairie.nom} : {ADMINISTRATION}",
            mairie.slug,
            ADMINISTRATION,
        )
        for mairie in MAIRIES
    ),
    *(
        CompteDemo(
            f"contenu.{mairie.slug}",
            "Rédaction",
            mairie.nom,
            f"agent de {mairie.nom} : {CONTENU}",
            mairie.slug,
            CONTENU,
        )
        for mairie in MAIRIES
    ),
    *(
        CompteDemo(
            f"citoyen.{mairie.slug}",
            "Habitant",
            mairie.nom,
            f"citoyen de {mairie.nom}",
            mairie.slug,
        )
        for mairie in MAIRIES
    ),
    CompteDemo("citizen.buea", "Resident", "Buea", "citoyen anglophone de Buea", "buea", "", "en"),
)


def adresse_demande(slug: str) -> str:
    """Where the first agent of a mairie that asks for its space would be invited."""
    return f"mairie.{slug}@{DOMAINE}"


def adresses() -> set[str]:
    """Every address that the demo gives to an account, now or when a request is approved."""
    demandes = {adresse_demande(slug) for slug, _fonction, _message in DEMANDES}
    return {compte.email for compte in COMPTES} | demandes


def tableau() -> str:
    """The accounts as lines to print, and their password."""
    largeur = max(len(compte.username) for compte in COMPTES)
    lignes = [f"  {compte.username:<{largeur}}  {compte.description}" for compte in COMPTES]
    return "\n".join(
        [
            f"Comptes de démonstration (mot de passe {DEMO_PASSWORD}) :",
            *lignes,
            f"  Code du second facteur de {ADMIN.username} :",
            f"    .venv/bin/python manage.py second_facteur code {ADMIN.username}",
        ]
    )
