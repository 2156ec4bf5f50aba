"""The columns of the files of what a mairie publishes."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from documents.models import FAQ, Actualite, DocumentOfficiel, PageCMS
from ecms.exports import Export, declare, following
from ecms.html import text_of_sanitised


def _auteur(row) -> str:
    return row.auteur.get_full_name() if row.auteur else ""


ACTUALITES = {
    "id": lambda a: a.pk,
    _("Mairie"): lambda a: a.mairie.nom,
    _("Titre"): lambda a: a.titre,
    _("Catégorie"): lambda a: a.get_categorie_display(),
    _("Statut"): lambda a: a.get_statut_display(),
    _("Épinglée"): lambda a: a.epinglee,
    _("Publication"): lambda a: a.date_publication,
    _("Expiration"): lambda a: a.date_expiration,
    _("Auteur"): _auteur,
    _("Lectures"): lambda a: a.vues,
    _("Résumé"): lambda a: a.resume,
    _("Modifié le"): lambda a: a.date_modification,
}

OFFICIELS = {
    "id": lambda d: d.pk,
    _("Mairie"): lambda d: d.mairie.nom,
    _("Titre"): lambda d: d.titre,
    _("Type"): lambda d: d.get_type_display(),
    _("Numéro de référence"): lambda d: d.numero_reference,
    _("Date du document"): lambda d: d.date_document,
    _("Année"): lambda d: d.annee,
    _("Public"): lambda d: d.est_public,
    _("Publication"): lambda d: d.date_publication,
    _("Remplacé par"): lambda d: d.remplace_par.titre if d.remplace_par else "",
    _("Nom du fichier"): lambda d: d.nom_du_fichier,
    _("Taille (octets)"): lambda d: d.taille,
    _("Empreinte SHA-256"): lambda d: d.sha256,
    _("Auteur"): _auteur,
    _("Téléchargements"): lambda d: d.telechargements,
    _("Description"): lambda d: d.description,
}

QUESTIONS = {
    "id": lambda q: q.pk,
    _("Mairie"): lambda q: q.mairie.nom,
    _("Catégorie"): lambda q: q.categorie,
    _("Ordre"): lambda q: q.ordre,
    _("Question"): lambda q: q.question,
    _("Réponse"): lambda q: text_of_sanitised(q.reponse),
    _("Affichée"): lambda q: q.est_active,
    _("Modifié le"): lambda q: q.date_modification,
}

PAGES = {
    "id": lambda p: p.pk,
    _("Mairie"): lambda p: p.mairie.nom,
    _("Titre"): lambda p: p.titre,
    _("Nom court"): lambda p: p.slug,
    _("Page parente"): lambda p: p.titre_du_parent,
    _("Ordre"): lambda p: p.ordre,
    _("Dans le menu"): lambda p: p.afficher_dans_menu,
    _("Statut"): lambda p: p.get_statut_display(),
    _("Modifié le"): lambda p: p.date_modification,
}


def pages_avec_parent(rows):
    """`rows` with what `PAGES` says of the page above."""
    return rows.annotate(titre_du_parent=F("parent__titre"))


declare(Actualite, Export("actualites", ACTUALITES, following("mairie", "auteur")))
declare(
    DocumentOfficiel,
    Export("documents-officiels", OFFICIELS, following("mairie", "auteur", "remplace_par")),
)
declare(FAQ, Export("faqs", QUESTIONS, following("mairie")))
declare(
    PageCMS, Export("pages", PAGES, lambda rows: pages_avec_parent(rows.select_related("mairie")))
)
