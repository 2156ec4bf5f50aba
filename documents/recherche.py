"""What can be searched of the publications."""

from documents.models import FAQ, Actualite, DocumentOfficiel, PageCMS
from ecms.recherche import Searchable, declare

declare(
    Searchable("actualite", Actualite, "titre", "date_publication", ("resume", "contenu")),
    Searchable(
        "document",
        DocumentOfficiel,
        "titre",
        "date_publication",
        ("numero_reference", "description"),
    ),
    # What has no date of its own is as recent as its last change.
    Searchable("page", PageCMS, "titre", "date_modification", ("meta_description", "contenu")),
    Searchable("faq", FAQ, "question", "date_modification", ("reponse",)),
)
