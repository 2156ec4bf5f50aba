"""Serializers in which nothing of another mairie can be named."""

from contextlib import suppress
from datetime import timedelta

from django.db import models
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.serializerfields import PhoneNumberField as PhoneNumberInput
from rest_framework import serializers
from rest_framework.fields import SkipField

from ecms.api.parsers import read_json
from ecms.api.telling import as_ever, teller
from ecms.fields import (
    DocumentField,
    HTMLField,
    PrivateFileField,
    PublicImageField,
    check_private_file,
)
from ecms.html import sanitise
from ecms.images import reencode
from ecms.scoping import manages, scoped
from ecms.uploads import inspect_document


class ScopedRelatedField(serializers.PrimaryKeyRelatedField):
    """A foreign key that the caller may name only if it is in their scope."""

    def get_queryset(self):
        return scoped(super().get_queryset(), self.context["request"].user, "visible_to")


class DegreesField(serializers.DecimalField):
    """Degrees as telephones and maps write them, with fifteen decimals, kept to six."""

    def __init__(self, *, at_most: int, **kwargs):
        super().__init__(
            max_digits=30,
            decimal_places=20,
            min_value=-at_most,
            max_value=at_most,
            required=False,
            **kwargs,
        )

    def to_internal_value(self, data):
        return round(super().to_internal_value(data), 6)


class MairieField(serializers.SlugRelatedField):
    """A mairie, by its slug."""

    def __init__(self, **kwargs):
        super().__init__(slug_field="slug", **kwargs)

    def get_queryset(self):
        return scoped(super().get_queryset(), self.context["request"].user, "visible_to")


class LineInput(serializers.CharField):
    """A text of one line: it goes into subjects and sentences of mails, which a line break would
    end. Breaks become blanks."""

    def to_internal_value(self, data):
        return " ".join(super().to_internal_value(data).splitlines())


class MomentInput(serializers.DateTimeField):
    """A date and time; the first and the last that can be written have no other time zone, and
    those before 1912 no offset that RFC 3339 could write: Douala went by the sun."""

    def enforce_timezone(self, value):
        try:
            moment = super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")
        if moment.utcoffset() % timedelta(minutes=1):
            self.fail("overflow")
        return moment


class HTMLInput(serializers.CharField):
    """HTML in, sanitised; what has no text left is blank."""

    def to_internal_value(self, data):
        text = sanitise(super().to_internal_value(data))
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class PublicImageInput(serializers.ImageField):
    """An image in, re-encoded; the address of its large version out. Null removes it."""

    def __init__(self, **kwargs):
        optional = {} if kwargs.get("required", True) else {"allow_null": True}
        super().__init__(**{**kwargs, **optional})

    def to_internal_value(self, data):
        return reencode(serializers.FileField.to_internal_value(self, data))


class PrivateFileInput(serializers.FileField):
    """A private file in; nothing out: a view releases it."""

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "write_only": True})

    def to_internal_value(self, data):
        return check_private_file(super().to_internal_value(data))


class DocumentInput(serializers.FileField):
    """A document in, as `ecms.uploads.Inspected`; nothing out: a view delivers it."""

    def __init__(self, **kwargs):
        kwargs.pop("max_length", None)
        super().__init__(**{**kwargs, "write_only": True})

    def to_internal_value(self, data):
        return inspect_document(super().to_internal_value(data))


class JSONInput(serializers.JSONField):
    """JSON in JSON as it is; in a form a text, read as strictly as a body."""

    def to_internal_value(self, data):
        if getattr(data, "is_json_string", False):
            return read_json(str(data))
        return super().to_internal_value(data)


class ScopedModelSerializer(serializers.ModelSerializer):
    """Scopes every foreign key of the payload and words every choice.

    A choice `x` is followed by `x_display` in the request's language, an image by its small
    version, `mairie` is a slug with `mairie_nom` beside it. An agent's rows go to their own
    mairie (`ecms.api.viewsets`); the national administrator names one when a row is made.
    `reserved` fields are told to the staff of the row's mairie alone.
    """

    reserved: frozenset[str] = frozenset()

    serializer_related_field = ScopedRelatedField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: LineInput,
        models.DateTimeField: MomentInput,
        HTMLField: HTMLInput,
        PublicImageField: PublicImageInput,
        PrivateFileField: PrivateFileInput,
        DocumentField: DocumentInput,
        models.JSONField: JSONInput,
        PhoneNumberField: PhoneNumberInput,
    }

    def to_representation(self, instance):
        data, tellers = {}, self._tellers
        if self.reserved and not manages(self.context["request"].user, instance.mairie_id):
            tellers = self._public_tellers
        for name, tell, field in tellers:
            try:
                data[name] = tell(instance)
            except (AttributeError, OverflowError):
                with suppress(SkipField):
                    data[name] = as_ever(field)(instance)
            except SkipField:
                continue
        return data

    @cached_property
    def _tellers(self) -> list:
        return [(field.field_name, teller(field), field) for field in self._readable_fields]

    @cached_property
    def _public_tellers(self) -> list:
        hidden = self.reserved | {f"{name}_display" for name in self.reserved}
        return [told for told in self._tellers if told[0] not in hidden]

    def get_fields(self):
        fields = {}
        for name, field in super().get_fields().items():
            fields[name] = field
            fields |= self._beside(name, field)
        return fields

    # Uniqueness is decided by the database, with the mairie that the server derives; the
    # constraint's own message is the answer (`ecms.api.errors`).
    def get_uniqueness_extra_kwargs(self, field_names, declared_fields, extra_kwargs):
        return extra_kwargs, {}

    def get_unique_together_validators(self):
        return []

    def build_relational_field(self, field_name, relation_info):
        field_class, kwargs = super().build_relational_field(field_name, relation_info)
        if field_name == "mairie":
            kwargs = {k: v for k, v in kwargs.items() if k in {"queryset", "read_only", "label"}}
            return MairieField, kwargs if "read_only" in kwargs else {**kwargs, "required": False}
        return field_class, kwargs

    def _beside(self, name: str, field) -> dict:
        model_field = self._model_field(name)
        if name == "mairie" and model_field is not None:
            return {"mairie_nom": serializers.CharField(source="mairie.nom", read_only=True)}
        if isinstance(model_field, PublicImageField):
            return {f"{name}_petite": SmallImageField(source=name, read_only=True)}
        if model_field is not None and model_field.choices and not field.write_only:
            source = f"get_{name}_display"
            return {f"{name}_display": serializers.CharField(source=source, read_only=True)}
        return {}

    def _model_field(self, name: str) -> models.Field | None:
        return {f.name: f for f in self.Meta.model._meta.fields}.get(name)


@extend_schema_field(OpenApiTypes.URI)
class SmallImageField(serializers.Field):
    """The address of an image's small version, null without an image."""

    def to_representation(self, image):
        if not image:
            return None
        url = image.small_url
        request = self.context.get("request")
        return request.build_absolute_uri(url) if request else url


class DetailSerializer(serializers.Serializer):
    """A sentence for the person who asked."""

    detail = serializers.CharField(read_only=True)
