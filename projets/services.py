"""The acts of those who run the projects. The API and the admin both call these."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ecms.exceptions import DomainError, TransitionInterdite
from ecms.files import discarded_on_error
from ecms.slugs import save_with_slug, slug_of
from ecms.uploads import inspect_document
from projets.models import DocumentProjet, MiseAJourProjet, Projet
from projets.workflow import INITIAUX, TRANSITIONS, Statut

# Last words of addresses of ours: `projets/statistiques` is no project.
RESERVED_SLUGS = {"statistiques"}


class AvancementIncomplet(DomainError):
    code = "avancement_incomplet"


class ProjetAnnule(DomainError):
    code = "projet_annule"


def creer_projet(projet: Projet) -> Projet:
    """Save a new project, planned or already under way, under a slug made of its title."""
    _verifier_permis(Statut.PLANIFIE, Statut(projet.statut), INITIAUX)
    _verifier_fin_reelle(projet)
    titre = projet.titre
    if slug_of(titre, default="projet") in RESERVED_SLUGS:
        titre = f"projet {titre}"
    with discarded_on_error(projet), transaction.atomic():
        save_with_slug(projet, titre, constraint="projets_projet_slug")
    return projet


def modifier_projet(projet: Projet) -> Projet:
    """Save a changed project; its slug stays, its progress and spending are those of its updates.

    Raises `TransitionInterdite` for a move outside the table of `projets.workflow`,
    `AvancementIncomplet` when it is finished below 100 %, and `ValidationError` for a date of the
    end that cannot be.
    """
    with discarded_on_error(projet), transaction.atomic():
        kept = _verrouille(projet)
        ancien, nouveau = Statut(kept.statut), Statut(projet.statut)
        _verifier_permis(ancien, nouveau, {ancien, *TRANSITIONS[ancien]})
        # An update may have come since the row was read.
        projet.avancement, projet.depense_xaf = kept.avancement, kept.depense_xaf
        projet.slug = kept.slug
        _verifier_avancement(projet)
        projet.clean()
        _verifier_fin_reelle(projet)
        projet.save()
    return projet


@transaction.atomic
def changer_statut_projet(projet: Projet, statut: Statut, *, date_fin_reelle=None) -> Projet:
    """Move a project and leave the rest of it as it is by now; `date_fin_reelle` goes with its end.

    Raises what `modifier_projet` raises.
    """
    kept = _verrouille(projet)
    _verifier_permis(Statut(kept.statut), statut, TRANSITIONS[kept.statut])
    kept.statut, kept.date_fin_reelle = statut, date_fin_reelle
    if date_fin_reelle and kept.date_debut and date_fin_reelle < kept.date_debut:
        raise _invalide("date_fin_reelle", _("La fin réelle ne précède pas le début."))
    return modifier_projet(kept)


@transaction.atomic
def ouvrir_projet(projet: Projet, *, est_public: bool) -> Projet:
    """Let everybody follow a project, or keep it for the mairie."""
    kept = _verrouille(projet)
    kept.est_public = est_public
    return modifier_projet(kept)


def ajouter_mise_a_jour(mise_a_jour: MiseAJourProjet, *, auteur) -> MiseAJourProjet:
    """Append an update to its project, and copy its progress and spending there.

    Those that come at once are written one after the other. Raises `ProjetAnnule`, and
    `ValidationError` for spending that falls without a reason or a finished project below 100 %.
    """
    with discarded_on_error(mise_a_jour), transaction.atomic():
        projet = Projet.objects.select_for_update(no_key=True).get(pk=mise_a_jour.projet_id)
        _verifier_mise_a_jour(mise_a_jour, projet)
        mise_a_jour.auteur = auteur
        mise_a_jour.save()
        projet.avancement = mise_a_jour.avancement
        projet.depense_xaf = mise_a_jour.depense_xaf
        projet.save(update_fields=["avancement", "depense_xaf", "date_modification"])
        mise_a_jour.projet = projet
    return mise_a_jour


def ajouter_document(document: DocumentProjet, *, fichier) -> DocumentProjet:
    """Add a paper to its project. Raises `ValidationError` for a file that is not accepted."""
    try:
        inspected = inspect_document(fichier)
    except ValidationError as error:
        raise ValidationError({"fichier": error}) from error
    document.fichier = inspected.file
    document.nom_original, document.taille = inspected.nom, inspected.taille
    document.type_mime, document.sha256 = inspected.type_mime, inspected.sha256
    with discarded_on_error(document), transaction.atomic():
        document.save()
    return document


def _verrouille(projet: Projet) -> Projet:
    return Projet.objects.select_for_update(no_key=True).get(pk=projet.pk)


def _verifier_permis(ancien: Statut, nouveau: Statut, permis: Collection[Statut]) -> None:
    if nouveau not in permis:
        message = _("Un projet « %(ancien)s » ne peut pas devenir « %(nouveau)s ».")
        raise TransitionInterdite(ancien, nouveau, message)


def _verifier_avancement(projet: Projet) -> None:
    if projet.statut == Statut.TERMINE and projet.avancement != 100:
        message = _("Ajoutez d'abord une mise à jour : l'avancement est de %(avancement)s %%.")
        raise AvancementIncomplet(message % {"avancement": projet.avancement})


def _verifier_fin_reelle(projet: Projet) -> None:
    if projet.date_fin_reelle is None:
        return
    if projet.statut != Statut.TERMINE:
        raise _invalide("date_fin_reelle", _("Seul un projet terminé a une date de fin réelle."))
    if projet.date_fin_reelle > timezone.localdate():
        raise _invalide("date_fin_reelle", _("La fin réelle n'est pas dans l'avenir."))


def _verifier_mise_a_jour(mise_a_jour: MiseAJourProjet, projet: Projet) -> None:
    if projet.statut == Statut.ANNULE:
        raise ProjetAnnule(_("Ce projet est annulé : il n'a plus de mises à jour."))
    if projet.statut == Statut.TERMINE and mise_a_jour.avancement != 100:
        raise _invalide("avancement", _("Un projet terminé est avancé à 100 %."))
    baisse = mise_a_jour.depense_xaf < projet.depense_xaf
    if baisse and not mise_a_jour.motif_baisse.strip():
        message = _("La dépense est cumulée : dites pourquoi elle passe sous %(ancien)s FCFA.")
        raise _invalide("motif_baisse", message % {"ancien": projet.depense_xaf})


def _invalide(champ: str, message: str) -> ValidationError:
    return ValidationError({champ: message})


def minuit() -> datetime:
    """When the next day begins (Africa/Douala), and what was due today is late."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(1)
