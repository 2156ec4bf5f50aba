"""Reports and their categories in the words of Open311. Nothing here tells who reported."""

from datetime import date, datetime, time

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from demarches.models import PieceJointe, Signalement, Suivi
from demarches.workflow import StatutSignalement
from ecms.codes import show_secret
from ecms.flux.adresses import own_address
from mairies.categories import CategorieSignalement
from mairies.models import MairieQuerySet

C = CategorieSignalement
RUE = gettext_lazy("Rue et circulation")
RESEAUX = gettext_lazy("Eau et réseaux")
CADRE = gettext_lazy("Cadre de vie")
# Group, description and keywords of each category.
SERVICES = {
    C.VOIRIE: (
        RUE,
        gettext_lazy("Nid-de-poule, chaussée ou trottoir dégradé, signalisation."),
        gettext_lazy("route, nid-de-poule, chaussée, trottoir, pont"),
    ),
    C.ECLAIRAGE: (
        RUE,
        gettext_lazy("Lampadaire éteint, poteau ou câble endommagé."),
        gettext_lazy("lampadaire, lumière, poteau, câble"),
    ),
    C.PROPRETE: (
        CADRE,
        gettext_lazy("Ordures non ramassées, dépôt sauvage."),
        gettext_lazy("ordures, déchets, bac, dépôt sauvage"),
    ),
    C.EAU: (
        RESEAUX,
        gettext_lazy("Fuite, coupure ou borne-fontaine en panne."),
        gettext_lazy("fuite, coupure, borne-fontaine, forage"),
    ),
    C.ASSAINISSEMENT: (
        RESEAUX,
        gettext_lazy("Caniveau bouché, eaux usées, inondation."),
        gettext_lazy("caniveau, égout, drain, inondation"),
    ),
    C.ESPACES_VERTS: (
        CADRE,
        gettext_lazy("Arbre dangereux, parc ou jardin à entretenir."),
        gettext_lazy("arbre, parc, jardin, herbe"),
    ),
    C.SECURITE: (
        CADRE,
        gettext_lazy("Lieu dangereux, bâtiment qui menace ruine, animal errant."),
        gettext_lazy("danger, ruine, animal errant"),
    ),
    C.BRUIT: (
        CADRE,
        gettext_lazy("Bruit qui dure ou se répète."),
        gettext_lazy("tapage, nuisance, musique"),
    ),
    C.AUTRE: (
        CADRE,
        gettext_lazy("Tout autre problème dans l'espace public."),
        gettext_lazy("divers"),
    ),
}


def service(categorie: CategorieSignalement) -> dict:
    group, description, keywords = SERVICES[categorie]
    return {
        "service_code": categorie.value,
        "service_name": categorie.label,
        "description": str(description),
        "metadata": False,
        "type": "realtime",
        "keywords": str(keywords),
        "group": str(group),
    }


def public_reports():
    """The reports that anyone may read, with all that `request` tells of each: two queries."""
    # What the citizen may read is not all for the public: only what the mairie said of the state
    # that the report is in.
    said = (
        Suivi.objects.filter(
            signalement=OuterRef("pk"),
            nouveau_statut=OuterRef("statut"),
            nature=Suivi.Nature.STATUT,
            origine=Suivi.Origine.AGENT,
            est_visible=True,
        )
        .exclude(message="")
        .order_by("-pk")
    )
    photos = PieceJointe.objects.filter(est_visible=True).order_by("pk")
    return (
        Signalement.objects.visible_to_public()
        .select_related("mairie")
        .defer(*MairieQuerySet.pages_of("mairie"))
        .annotate(derniere_parole=Subquery(said.values("message")[:1]))
        .prefetch_related(Prefetch("photos", photos, to_attr="photos_visibles"))
        .order_by("-date_creation", "-pk")
    )


def request(row: Signalement) -> dict:
    """A row of `public_reports`."""
    photos = row.photos_visibles
    return {
        "service_request_id": row.numero_suivi,
        "status": "open" if row.statut in StatutSignalement.ouverts() else "closed",
        "status_notes": row.derniere_parole or row.get_statut_display(),
        "service_name": row.get_categorie_display(),
        "service_code": row.categorie,
        "description": _description(row),
        "agency_responsible": row.mairie.nom,
        "service_notice": None,
        "requested_datetime": _moment(row.date_creation),
        "updated_datetime": _moment(row.date_modification),
        "expected_datetime": _day(row.date_prevue),
        "address": ", ".join(filter(None, [row.adresse, row.repere])),
        "address_id": None,
        "zipcode": None,
        "lat": _degrees(row.latitude),
        "long": _degrees(row.longitude),
        "media_url": own_address(photos[0].photo.url) if photos else None,
    }


def receipt(row: Signalement, *, ignored_photo: bool) -> dict:
    """What is answered to a new report: with its secret, which no other answer holds, for clients
    show the notice to the person, who may have left no address to be mailed at."""
    notice = gettext(
        "Votre signalement est enregistré sous le numéro %(numero)s. "
        "Votre code secret, pour le suivre : %(code)s."
    ) % {"numero": row.numero_suivi, "code": show_secret(row.code_suivi)}
    if ignored_photo:
        notice += " " + gettext(
            "L'adresse media_url n'a pas été lue : joignez les photos elles-mêmes (media)."
        )
    return {
        "service_request_id": row.numero_suivi,
        "service_notice": notice,
        "account_id": None,
    }


def _description(row: Signalement) -> str:
    """The standard has no title: it comes first, unless it is the beginning of the text."""
    title = row.titre.removesuffix("…")
    if row.description.startswith(title):
        return row.description
    return f"{row.titre}\n\n{row.description}"


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _day(day: date | None) -> str | None:
    return day and _moment(timezone.make_aware(datetime.combine(day, time())))


def _degrees(value) -> float | None:
    return None if value is None else float(value)
