"""The acts of those who keep the procedures of a mairie. The API and the admin both call these."""

import math
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Aggregate, Count, DurationField, F, ProtectedError
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from demarches.models import DemarcheAdministrative, Formulaire
from demarches.workflow import StatutDemarche
from ecms.exceptions import DomainError
from ecms.slugs import save_with_slug

# A median of fewer dossiers would say something of one of them.
DOSSIERS_AU_MOINS = 5
MESURE = timedelta(days=365)
DEFINITION = ("champs", "pieces_requises")
COPIES = (
    *DEFINITION,
    "mairie",
    "service",
    "type",
    "description",
    "cout_xaf",
    "delai_jours",
    "base_legale",
    "en_ligne",
    "necessite_compte",
    "duree_conservation_jours",
    "email_notification",
)


class FormulaireUtilise(DomainError):
    code = "formulaire_utilise"


class Mediane(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def creer_formulaire(formulaire: Formulaire) -> Formulaire:
    """Save a new procedure under a slug of its own, made of its name.

    Raises what `_verifier` raises.
    """
    _verifier(formulaire)
    formulaire.version = 1
    save_with_slug(formulaire, formulaire.nom, constraint="demarches_formulaire_slug")
    return formulaire


@transaction.atomic
def modifier_formulaire(formulaire: Formulaire) -> Formulaire:
    """Save a changed procedure; its slug stays. Other questions or papers are a new version.

    Dossiers keep the questions that they were filed with. Raises what `_verifier` raises.
    """
    kept = Formulaire.objects.select_for_update(no_key=True).get(pk=formulaire.pk)
    _verifier(formulaire)
    changed = any(getattr(formulaire, nom) != getattr(kept, nom) for nom in DEFINITION)
    formulaire.version = kept.version + changed
    formulaire.slug = kept.slug
    formulaire.save()
    return formulaire


def proposer_formulaire(formulaire: Formulaire, *, est_actif: bool) -> None:
    """Offer a procedure to citizens, or no longer; its dossiers go on either way."""
    formulaire.est_actif = est_actif
    formulaire.save(update_fields=["est_actif", "date_modification"])


def dupliquer_formulaire(formulaire: Formulaire) -> Formulaire:
    """A copy in the same mairie, under a slug of its own, that nobody is offered yet."""
    titre = _("Copie de %(nom)s") % {"nom": formulaire.nom}
    valeurs = {nom: getattr(formulaire, nom) for nom in COPIES}
    nom = titre[: Formulaire._meta.get_field("nom").max_length]
    return creer_formulaire(Formulaire(**valeurs, nom=nom, est_actif=False))


def supprimer_formulaire(formulaire: Formulaire) -> None:
    """Delete a procedure; raises `FormulaireUtilise` once there are dossiers."""
    try:
        formulaire.delete()
    except ProtectedError as error:
        raise FormulaireUtilise(
            _("Des dossiers ont été ouverts avec ce formulaire : désactivez-le plutôt.")
        ) from error


def delai_constate(formulaire: Formulaire) -> int | None:
    """How many days (median, rounded up) the dossiers accepted in the last year took from filing
    until the paper was ready, or until they were accepted where none had to be prepared.

    None where there are fewer than `DOSSIERS_AU_MOINS`. Days spent waiting for a citizen's paper
    count too: it is how long people really waited. One query.
    """
    acceptes = [StatutDemarche.VALIDEE, StatutDemarche.PRETE, StatutDemarche.REMISE]
    mesure = DemarcheAdministrative.objects.filter(
        formulaire=formulaire, statut__in=acceptes, date_validation__gte=_depuis()
    ).aggregate(
        nombre=Count("pk"),
        mediane=Mediane(Coalesce("date_preparation", "date_validation") - F("date_depot")),
    )
    if mesure["nombre"] < DOSSIERS_AU_MOINS:
        return None
    return math.ceil(mesure["mediane"] / timedelta(days=1))


def _depuis() -> datetime:
    return timezone.now() - MESURE


def _verifier(formulaire: Formulaire) -> None:
    """Raise `ValidationError` for a service of another mairie, and for a paper whose key is a
    question's: files name what they answer by this key alone."""
    service = formulaire.service
    if service is not None and service.mairie_id != formulaire.mairie_id:
        raise ValidationError({"service": [_("Ce service n'existe pas dans cette mairie.")]})
    communes = _cles(formulaire.champs) & {piece["cle"] for piece in formulaire.pieces_requises}
    if communes:
        message = _("Une question et une pièce ont la même clé : « %(cle)s ».")
        raise ValidationError({"pieces_requises": [message % {"cle": min(communes)}]})


def _cles(champs: list[dict]) -> set[str]:
    dedans = (_cles(champ["champs"]) for champ in champs if champ["type"] == "groupe")
    return {champ["cle"] for champ in champs}.union(*dedans)
