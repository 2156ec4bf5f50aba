"""The letters of the demo's mairies, and who receives them.

Between braces stand the commune and its places (`ecms.management.demo.mairies`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class LettreDemo:
    """Sent `-jours` days ago when `jours` is negative, planned that many days ahead otherwise; a
    draft without."""

    titre: str
    contenu: str
    jours: int | None = None


ABONNES = (
    "Abena Solange",
    "Biloa Christelle",
    "Bouba Aïssatou",
    "Djoumessi Carine",
    "Essomba Paul",
    "Eyenga Martin",
    "Fotso Alain",
    "Kemajou Berthe",
    "Ngassa Mireille",
    "Ngo Bayiha Ruth",
    "Onana Célestin",
    "Tchoumi Bernard",
)

LETTRES = (
    LettreDemo(
        titre="{commune} : ce qui change ce mois-ci",
        jours=-20,
        contenu="""
<p>Chers habitants,</p>
<p>Les copies d'actes d'état civil se demandent désormais en ligne : vous joignez votre carte
d'identité, vous suivez votre dossier avec son numéro, et vous ne venez qu'une fois, pour retirer
l'acte.</p>
<ul>
<li>Dépôt des dossiers au guichet : de 8 h à 11 h.</li>
<li>Retrait des actes : de 11 h 30 à 15 h 30.</li>
</ul>
<p>Un lampadaire éteint, un caniveau bouché ? Signalez-le en ligne, avec une photo.</p>
""",
    ),
    LettreDemo(
        titre="Travaux au {marche} : le calendrier",
        jours=7,
        contenu="""
<p>Chers habitants,</p>
<p>Les travaux du {marche} entrent dans leur dernière phase. Pendant deux semaines, {axe} sera
fermée la nuit ; la circulation passera par {deviation}.</p>
<p>Les commerçants gardent leur place. Le service technique répond à vos questions du lundi au
vendredi.</p>
""",
    ),
    LettreDemo(
        titre="Rentrée scolaire : inscriptions et bourses",
        contenu="""
<p>Chers parents,</p>
<p>Le service des affaires sociales reçoit les demandes de bourses communales. Il manque encore la
liste des écoles.</p>
""",
    ),
)
