"""What awaits those who write for the mairie, and what they published."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.models import Actualite, DocumentOfficiel
from documents.workflow import Statut
from ecms.dashboard import (
    Acts,
    Series,
    Task,
    declare_acts,
    declare_series,
    declare_task,
    publication,
)

ACTUALITES = "documents.view_actualite"
DOCUMENTS = "documents.view_documentofficiel"

declare_task(
    Task(
        "actualites_brouillons",
        _("Brouillons d'actualités"),
        Actualite,
        ACTUALITES,
        lambda moment: Q(statut=Statut.BROUILLON),
        "etat=brouillon",
    )
)
declare_task(
    Task(
        "actualites_programmees",
        _("Actualités programmées"),
        Actualite,
        ACTUALITES,
        lambda moment: Q(statut=Statut.PUBLIEE, date_publication__gt=moment),
        "etat=programmee",
    )
)

declare_series(
    Series(
        "actualites_publiees",
        _("Actualités publiées"),
        Actualite,
        ACTUALITES,
        "date_publication",
        Q(statut__in=[Statut.PUBLIEE, Statut.ARCHIVEE]),
    )
)
declare_series(
    Series(
        "documents_publies",
        _("Documents publiés"),
        DocumentOfficiel,
        DOCUMENTS,
        "date_publication",
        Q(est_public=True),
    )
)

declare_acts(
    "actualites",
    Acts(
        Actualite,
        ACTUALITES,
        ("-date_publication", "-pk"),
        lambda a: publication(a, a.mairie, "actualite", a.date_publication, a.titre),
        lambda moment: Q(statut=Statut.PUBLIEE, date_publication__lte=moment),
    ),
)
declare_acts(
    "documents",
    Acts(
        DocumentOfficiel,
        DOCUMENTS,
        ("-date_publication", "-pk"),
        lambda d: publication(
            d, d.mairie, "document", d.date_publication, d.titre, d.numero_reference
        ),
        lambda moment: Q(est_public=True, date_publication__lte=moment),
    ),
)
