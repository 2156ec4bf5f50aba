"""Model fields that carry a rule of safety wherever the row is written from."""

from pathlib import PurePath

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import get_image_dimensions
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import ImageFieldFile
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecms.files import private_storage, random_path
from ecms.html import sanitise
from ecms.images import UNDECLARED, ReencodedImage, reencode
from ecms.uploads import Inspected, inspect_document

SMALL = "-petite.webp"
PDF = b"%PDF-"


class HTMLField(models.TextField):
    """HTML of a person, sanitised whenever it is written (`ecms.html`)."""

    def clean(self, value, model_instance):
        return super().clean(sanitise(value or ""), model_instance)

    def pre_save(self, model_instance, add):
        value = sanitise(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, value)
        return value


class PublicImageFile(ImageFieldFile):
    """An image in two widths; `url` is the large one's, `small_url` the small one's."""

    @property
    def small_name(self) -> str:
        return self.name.removesuffix(".webp") + SMALL

    @property
    def small_url(self) -> str:
        return self.storage.url(self.small_name)

    def save(self, name, content, save=True):
        image = content if isinstance(content, ReencodedImage) else reencode(content)
        super().save(image.name, image, save=False)
        try:
            self.storage.save(self.small_name, ContentFile(image.small))
        except BaseException:
            self.storage.delete(self.name)
            raise
        if save:
            self.instance.save()

    save.alters_data = True

    def renewed(self) -> ReencodedImage:
        """The same image under a fresh name. Assigned to the field and saved, it takes the place
        of what others may have the address of. Raises `FileNotFoundError` if the file is lost."""
        with self.storage.open(self.name) as large, self.storage.open(self.small_name) as small:
            return ReencodedImage(large.read(), small.read(), get_image_dimensions(large))

    def delete(self, save=True):
        if not self:
            return
        self.storage.delete(self.small_name)
        super().delete(save)

    delete.alters_data = True


class PublicImageFormField(forms.ImageField):
    def to_python(self, data):
        file = forms.FileField.to_python(self, data)
        return file and reencode(file)


class PublicImageField(models.ImageField):
    """An image that anyone may see: re-encoded, without metadata, under a random name."""

    attr_class = PublicImageFile

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"upload_to": random_path, "max_length": 150, **kwargs})

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PublicImageFormField, **kwargs})


def check_private_file(upload):
    """`upload` as it may be kept: a PDF as it is, an image re-encoded, under a name of ours.

    Raises `ValidationError` for anything else, and beyond `PRIVATE_FILE_MAX_BYTES`.
    """
    if upload.size > settings.PRIVATE_FILE_MAX_BYTES:
        raise ValidationError(
            _("Le fichier dépasse %(size)s Mo.")
            % {"size": settings.PRIVATE_FILE_MAX_BYTES // 1_048_576},
            code="fichier_trop_lourd",
        )
    upload.seek(0)
    is_pdf = upload.read(len(PDF)) == PDF
    upload.seek(0)
    if is_pdf and _is_called_pdf(upload):
        upload.name = "fichier.pdf"
        return upload
    try:
        return reencode(upload)
    except ValidationError:
        raise ValidationError(
            _("Le fichier doit être un PDF ou une image JPEG, PNG ou WebP."),
            code="fichier_invalide",
        ) from None


def _is_called_pdf(upload) -> bool:
    declared = (getattr(upload, "content_type", None) or "").lower()
    return PurePath(upload.name or "").suffix.lower() in {"", ".pdf"} and (
        declared in {"application/pdf", "application/x-pdf", *UNDECLARED}
    )


class PrivateFileFormField(forms.FileField):
    def to_python(self, data):
        file = super().to_python(data)
        return file and check_private_file(file)


class PrivateFileField(models.FileField):
    """A file that only a view releases, to those who may read its row."""

    def __init__(self, *args, **kwargs):
        defaults = {"upload_to": random_path, "storage": private_storage, "max_length": 150}
        super().__init__(*args, **{**defaults, **kwargs})

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PrivateFileFormField, **kwargs})


class DocumentFormField(forms.FileField):
    def to_python(self, data):
        file = super().to_python(data)
        return file and inspect_document(file)


class DocumentField(models.FileField):
    """A document that a view delivers. Its model has the columns of `ecms.uploads.Inspected`,
    which are written with it."""

    def __init__(self, *args, **kwargs):
        defaults = {"upload_to": random_path, "storage": private_storage, "max_length": 150}
        super().__init__(*args, **{**defaults, **kwargs})

    def formfield(self, **kwargs):
        # The length is that of the stored name; a client's name is cut, not refused.
        plain = {"form_class": DocumentFormField, "max_length": None, "widget": forms.FileInput}
        return super().formfield(**{**plain, **kwargs})

    def save_form_data(self, instance, data):
        if isinstance(data, Inspected):
            data.write_to(instance)
        else:
            super().save_form_data(instance, data)


class JSONFormField(forms.JSONField):
    """JSON that somebody typed: however deep it is nested, however long a number in it, what cannot
    be read is an error of the form."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except (RecursionError, ValueError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data, initial):
        try:
            return super().bound_data(data, initial)
        except (RecursionError, ValueError):
            return InvalidJSONInput(data)


def latitude_field() -> models.DecimalField:
    """Degrees north, to about ten centimetres."""
    return _degrees_field(gettext_lazy("latitude"), at_most=90)


def longitude_field() -> models.DecimalField:
    """Degrees east, to about ten centimetres."""
    return _degrees_field(gettext_lazy("longitude"), at_most=180)


def _degrees_field(label, *, at_most: int) -> models.DecimalField:
    return models.DecimalField(
        label,
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-at_most), MaxValueValidator(at_most)],
    )


def position_constraint(name: str) -> models.CheckConstraint:
    """Both of `latitude` and `longitude`, on the globe, or neither.

    A check that is unknown passes, so each half says what it means for NULL.
    """
    return models.CheckConstraint(
        condition=Q(latitude__isnull=True, longitude__isnull=True)
        | Q(
            latitude__isnull=False,
            longitude__isnull=False,
            latitude__range=(-90, 90),
            longitude__range=(-180, 180),
        ),
        name=name,
        violation_error_message=gettext_lazy("Latitude et longitude vont ensemble."),
    )


def langue_field() -> models.CharField:
    """The language in which a person is written to."""
    return models.CharField(
        gettext_lazy("langue"),
        max_length=2,
        choices=[("fr", gettext_lazy("Français")), ("en", gettext_lazy("Anglais"))],
        default="fr",
    )


def person_field(label, *, related_name: str = "+") -> models.ForeignKey:
    """An account that took part in the row; the row outlives it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name=related_name,
        verbose_name=label,
    )
