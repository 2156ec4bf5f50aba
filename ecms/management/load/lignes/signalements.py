"""The problem reports of the load, their photos and their history."""

import io
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from PIL import Image

from demarches.models import PieceJointe, Signalement, Suivi
from demarches.workflow import Priorite, StatutSignalement
from ecms.images import ReencodedImage, reencode
from ecms.management.load import textes
from ecms.management.load.lignes.communs import telephone, une
from ecms.management.load.lignes.partage import Partage
from mairies.categories import CategorieSignalement

DEBUT, DEBUT_DE_DOUBLON = "S-CHARGE-", "S-DOUBLON-"
S = StatutSignalement
PARTS = {S.SIGNALE: 12, S.EN_COURS: 8, S.PLANIFIE: 6, S.RESOLU: 64, S.REJETE: 10}
STATUTS = [statut for statut, part in PARTS.items() for _rang in range(part)]
PARCOURS = {
    S.SIGNALE: [],
    S.EN_COURS: [S.EN_COURS],
    S.PLANIFIE: [S.EN_COURS, S.PLANIFIE],
    S.RESOLU: [S.EN_COURS, S.RESOLU],
    S.REJETE: [S.REJETE],
    S.DOUBLON: [S.DOUBLON],
}
# One in so many repeats the one before it; has a photo; says no place on the map.
DOUBLON_SUR, PHOTO_SUR, SANS_POINT_SUR = 50, 25, 10
# Some five kilometres: a report is near its town hall.
AUTOUR = 0.05


def numero_de_signalement(n: int) -> str:
    return f"{DEBUT}{n:06}"


def numero_de_doublon(n: int) -> str:
    return f"{DEBUT_DE_DOUBLON}{n:06}"


def signalement(n: int, partage: Partage) -> Signalement:
    """Of a hundred, 26 are open and of these last two months; one in four is anonymous, one in
    three came without an account."""
    chez = une(partage.mairies, n)
    statut = StatutSignalement(STATUTS[n * 37 % 100])
    return _signalement(n, partage, chez.pk, statut=statut, **_point(n, chez))


def doublon(n: int, partage: Partage) -> Signalement:
    """The report before it, seen by somebody else."""
    fait = Signalement.objects.get(numero_suivi=numero_de_signalement(n - 1))
    point = {"latitude": fait.latitude, "longitude": fait.longitude}
    return _signalement(n, partage, fait.mairie_id, statut=S.DOUBLON, doublon_de=fait, **point)


def suites_de_signalement(n: int, signalement: Signalement) -> Iterator:
    """Its history, and the photo of one in twenty-five."""
    if n % PHOTO_SUR == 0:
        yield PieceJointe(mairie_id=signalement.mairie_id, signalement=signalement, photo=_photo())
    avant = S.SIGNALE
    for statut in PARCOURS[StatutSignalement(signalement.statut)]:
        yield Suivi(
            mairie_id=signalement.mairie_id,
            signalement=signalement,
            nature=Suivi.Nature.STATUT,
            origine=Suivi.Origine.AGENT,
            ancien_statut=avant,
            nouveau_statut=statut,
        )
        avant = statut


def _signalement(n: int, partage: Partage, mairie_id: int, *, statut, **faits) -> Signalement:
    ouvert = statut in StatutSignalement.ouverts()
    age = 4 + n * 7 % 60 if ouvert else 64 + n * 31 % 1000
    fait = partage.jour - timedelta(days=age) + timedelta(minutes=n * 11 % 1440)
    categorie = une(CategorieSignalement.values, n)
    avec_compte = n % 3 > 0
    return Signalement(
        mairie_id=mairie_id,
        categorie=categorie,
        service=_service(partage, mairie_id, categorie),
        titre=f"{une(textes.PROBLEMES, n)} {une(textes.LIEUX, n // 3)}"[:200],
        description=textes.resume(n),
        repere=une(textes.LIEUX, n // 3),
        signaleur_id=partage.citoyens[n * 11 % len(partage.citoyens)] if avec_compte else None,
        telephone=telephone(n),
        est_anonyme=n % 4 == 0,
        statut=statut,
        priorite=une(Priorite.values, n // 5),
        numero_suivi=numero_de_doublon(n) if statut == S.DOUBLON else numero_de_signalement(n),
        code_suivi=f"CHARGE{n:010}",
        date_creation=fait,
        date_prise_en_charge=fait + timedelta(days=1) if S.EN_COURS in PARCOURS[statut] else None,
        date_prevue=(partage.jour + timedelta(days=n % 30)).date()
        if statut == S.PLANIFIE
        else None,
        date_resolution=fait + timedelta(days=1 + n % 40) if statut == S.RESOLU else None,
        date_rejet=fait + timedelta(days=2) if statut == S.REJETE else None,
        **faits,
    )


def _service(partage: Partage, mairie_id: int, categorie: str):
    """The one that answers for the category (`mairies.service`)."""
    services = partage.services[mairie_id]
    return services[CategorieSignalement.values.index(categorie) % len(services)]


def _point(n: int, chez) -> dict:
    if n % SANS_POINT_SUR == 0:
        return {}
    est, nord = n * 0.618034 % 1, n * 0.754878 % 1
    return {
        "latitude": round(float(chez.latitude) + AUTOUR * (2 * nord - 1), 6),
        "longitude": round(float(chez.longitude) + AUTOUR * (2 * est - 1), 6),
    }


@cache
def _photo() -> ReencodedImage:
    """Encoded once; each row that is given it has a file of its own."""
    image, tampon = Image.new("RGB", (64, 48), "green"), io.BytesIO()
    image.save(tampon, "PNG")
    return reencode(tampon)
