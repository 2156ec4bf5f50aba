"""The questions and the official documents that a mairie brings in a file."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import FAQ, DocumentOfficiel
from documents.services import officiels as services
from ecms.imports import (
    Choix,
    Colonne,
    ColonneRiche,
    Entier,
    ImportResource,
    Jour,
    Moment,
    OuiNon,
    declare,
)
from ecms.imports.cells import text_of
from ecms.uploads import inspect_document

OUI, OUI_OU_NON = gettext_lazy("oui"), gettext_lazy("oui ou non")


class FAQImport(ImportResource):
    """Questions, known by their own words."""

    key = ("question",)
    question = Colonne("question", example="Comment obtenir un acte de naissance ?")
    reponse = ColonneRiche(
        "reponse",
        example="Présentez-vous au service de l'état civil avec une pièce d'identité.",
        note=gettext_lazy("Du texte, ou du HTML."),
    )
    categorie = Colonne("categorie", example="État civil", empties=True)
    ordre = Colonne("ordre", Entier(), example=1)
    est_active = Colonne("est_active", OuiNon(), example=OUI, note=OUI_OU_NON)

    class Meta(ImportResource.Meta):
        model = FAQ


class ColonneFichier(Colonne):
    """The name of a file that came along; it is checked as one that is sent alone."""

    def write(self, instance, row, **kwargs):
        name = text_of(row[self.column_name])
        if not name:
            return
        upload = kwargs["file"](name)
        if upload is None:
            raise ValueError(_("Ce fichier n'est pas dans l'archive."))
        found = inspect_document(upload)
        if found.sha256 != instance.sha256:
            found.write_to(instance)

    def get_value(self, instance):
        return instance.sha256

    def export(self, instance, **kwargs):
        return instance.nom_original


class DocumentImport(ImportResource):
    """Documents, known by their number and title, or by their title alone; with their files."""

    key = ("numero_reference", "titre")
    with_files = True
    titre = Colonne("titre", example="Budget primitif 2026")
    type = Colonne("type", Choix(DocumentOfficiel.Type.choices), example="Budget")
    numero_reference = Colonne("numero_reference", example="2026/014", empties=True)
    date_document = Colonne(
        "date_document",
        Jour(),
        example="15/01/2026",
        note=gettext_lazy("jj/mm/aaaa"),
        empties=True,
    )
    annee = Colonne(
        "annee", Entier(), example=2026, note=gettext_lazy("celle de la date, si elle manque")
    )
    description = Colonne("description", example="Adopté en conseil municipal.", empties=True)
    est_public = Colonne("est_public", OuiNon(), example=OUI, note=OUI_OU_NON)
    date_publication = Colonne(
        "date_publication",
        Moment(),
        example="20/01/2026 08:00",
        note=gettext_lazy("jj/mm/aaaa hh:mm ; à l'import, si le document est public"),
    )
    fichier = ColonneFichier(
        "fichier",
        others=[gettext_lazy("Nom du fichier")],
        example="budget-2026.pdf",
        note=gettext_lazy("le nom d'un fichier de l'archive ; exigé d'un nouveau document"),
    )

    class Meta(ImportResource.Meta):
        model = DocumentOfficiel

    def named(self, rows, keys):
        return rows.filter(titre__in={title for _number, title in keys})

    def get_instance(self, instance_loader, row):
        number, title = self.key_of(row)
        if number:
            return super().get_instance(instance_loader, row)
        same = [each for (_n, t), rows in self.known.items() if t == title for each in rows]
        if len(same) > 1:
            sentence = _("Plusieurs documents portent ce titre : donnez le numéro de référence.")
            raise ValidationError({"titre": sentence})
        if same:
            # Its number stays: the line has none to say.
            row["numero_reference"] = same[0].numero_reference
        return same[0] if same else None

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        super().import_field(field, instance, row, is_m2m, file=self.table.file, **kwargs)

    def import_instance(self, instance, row, **kwargs):
        try:
            super().import_instance(instance, row, **kwargs)
        finally:
            if instance.annee is None and instance.date_document:
                instance.annee = instance.date_document.year
            if instance.est_public and instance.date_publication is None:
                instance.date_publication = self.now
        if not instance.fichier:
            raise ValidationError({"fichier": _("Donnez le fichier de ce nouveau document.")})

    def store(self, instance, *, is_new):
        if is_new:
            services.deposer_document(instance, auteur=self.par)
        else:
            services.modifier_document(instance)


declare(FAQImport)
declare(DocumentImport)
