"""The columns of the files of events, registrations and letters."""

from django.utils.translation import gettext_lazy as _

from ecms.exports import Export, declare, following
from evenements.filters.inscriptions import avec_rang
from evenements.models import (
    AbonneNewsletter,
    EnvoiNewsletter,
    Evenement,
    InscriptionEvenement,
    Newsletter,
)

INSCRIPTIONS = {
    "id": lambda i: i.pk,
    _("Nom"): lambda i: i.nom,
    _("Adresse électronique"): lambda i: i.email,
    _("Téléphone"): lambda i: i.telephone,
    _("Personnes"): lambda i: i.nombre_personnes,
    _("Statut"): lambda i: i.get_statut_display(),
    _("Rang en liste d'attente"): lambda i: i.rang_actuel if i.statut == "en_attente" else "",
    _("Inscrit le"): lambda i: i.date_creation,
}

EVENEMENTS = {
    "id": lambda e: e.pk,
    _("Mairie"): lambda e: e.mairie.nom,
    _("Titre"): lambda e: e.titre,
    _("Catégorie"): lambda e: e.get_categorie_display(),
    _("Statut"): lambda e: e.get_statut_display(),
    _("Début"): lambda e: e.debut,
    _("Fin"): lambda e: e.fin,
    _("Journée entière"): lambda e: e.journee_entiere,
    _("Lieu"): lambda e: e.lieu,
    _("Récurrence"): lambda e: e.get_recurrence_display(),
    _("Inscription requise"): lambda e: e.inscription_requise,
    _("Places"): lambda e: e.capacite,
    _("Places prises"): lambda e: e.places_prises,
    _("Contact"): lambda e: e.contact,
}

NEWSLETTERS = {
    "id": lambda n: n.pk,
    _("Mairie"): lambda n: n.mairie.nom,
    _("Titre"): lambda n: n.titre,
    _("Statut"): lambda n: n.get_statut_display(),
    _("Auteur"): lambda n: n.auteur.get_full_name() if n.auteur else "",
    _("Créé le"): lambda n: n.date_creation,
    _("Date d'envoi"): lambda n: n.date_envoi,
    _("Envoi terminé le"): lambda n: n.date_fin,
}

ABONNES = {
    _("Adresse électronique"): lambda a: a.email,
    _("Nom"): lambda a: a.nom,
    _("Langue"): lambda a: a.get_langue_display(),
    _("Statut"): lambda a: a.get_statut_display(),
    _("Confirmé le"): lambda a: a.date_confirmation,
    _("Désinscrit le"): lambda a: a.date_desinscription,
    _("Rejeté le"): lambda a: a.date_rejet,
}

ENVOIS = {
    _("Newsletter"): lambda e: e.newsletter.titre,
    _("Adresse électronique"): lambda e: e.abonne.email,
    _("Statut"): lambda e: e.get_statut_display(),
    _("Tentatives"): lambda e: e.tentatives,
    _("Prochain essai"): lambda e: e.prochain_essai,
    _("Dernière erreur"): lambda e: e.derniere_erreur,
    _("Envoyé le"): lambda e: e.date_envoi,
}


def _avec_evenement(rows):
    return avec_rang(rows.select_related("evenement")).order_by(*rows.query.order_by)


declare(Evenement, Export("evenements", EVENEMENTS, following("mairie")))
declare(
    InscriptionEvenement,
    # Of several events at once: each row says of which.
    Export(
        "inscriptions",
        {
            _("Événement"): lambda i: i.evenement.titre,
            _("Début"): lambda i: i.evenement.debut,
            **INSCRIPTIONS,
        },
        _avec_evenement,
    ),
)
declare(Newsletter, Export("newsletters", NEWSLETTERS, following("mairie", "auteur")))
declare(AbonneNewsletter, Export("abonnes", ABONNES))
declare(EnvoiNewsletter, Export("envois", ENVOIS, following("newsletter", "abonne")))
