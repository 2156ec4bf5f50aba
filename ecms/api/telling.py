"""How the fields of a serializer tell a row: worked out once per serializer, with the words of
`rest_framework.fields` and without finding out at each row what kind of field it is."""

from collections.abc import Callable
from datetime import tzinfo
from functools import cached_property
from inspect import getattr_static, isfunction
from operator import attrgetter
from threading import local

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils import timezone
from django.utils.translation import get_language
from phonenumber_field.modelfields import PhoneNumberField
from rest_framework import relations, serializers
from rest_framework.settings import ISO_8601, api_settings

Teller = Callable[[models.Model], object]
# Whose words are the column's value itself.
AS_STORED = {
    serializers.CharField.to_representation: (models.CharField, models.TextField),
    serializers.ChoiceField.to_representation: (models.CharField,),
    serializers.IntegerField.to_representation: (models.IntegerField,),
    serializers.FloatField.to_representation: (models.FloatField,),
    serializers.BooleanField.to_representation: (models.BooleanField,),
}
COMPUTED = (property, cached_property)
_of_this_thread = local()


def told(serializer_class: type, rows, context: dict) -> list[dict]:
    """Rows as a serializer of this class tells them; each thread makes one for each language."""
    ready, key = _of_this_thread.__dict__, (serializer_class, get_language())
    serializer = ready.get(key)
    if serializer is None:
        serializer = ready[key] = serializer_class()
    # Somebody may be in the middle of telling rows of this class; nothing of a request outlives it.
    before, serializer._context = serializer._context, context
    try:
        return [serializer.to_representation(row) for row in rows]
    finally:
        serializer._context = before


def teller(field: serializers.Field) -> Teller:
    """What `field`, of a serializer of a model, says of an instance. An attribute that is not
    there raises `AttributeError`: then, and then only, `as_ever` knows what to say."""
    if isinstance(field, serializers.SerializerMethodField):
        return getattr(field.parent, field.method_name)
    model, column = field.parent.Meta.model, None
    own_way = type(field).get_attribute not in (
        serializers.Field.get_attribute,
        relations.RelatedField.get_attribute,
    )
    if own_way or field.source == "*" or isinstance(field, serializers.BaseSerializer):
        return as_ever(field)
    for name in field.source_attrs:
        if model is None:
            return as_ever(field)
        if choices := _is_text(field) and _choices(model, name):
            return _label(attrgetter(".".join([*field.source_attrs[:-1], choices[0]])), choices[1])
        column = _column(model, name)
        model = column.related_model if column is not None else None
    return _of_column(field, column) if column is not None else _of_attribute(field)


def as_ever(field: serializers.Field) -> Teller:
    """As `rest_framework.serializers.Serializer` has it; may raise `SkipField`."""

    def tell(instance):
        value = field.get_attribute(instance)
        known = value.pk if isinstance(value, relations.PKOnlyObject) else value
        return None if known is None else field.to_representation(value)

    return tell


def _of_column(field: serializers.Field, column: models.Field) -> Teller:
    words, path = type(field).to_representation, ".".join(field.source_attrs)
    if column.is_relation:
        return _of_relation(field, column, path) or as_ever(field)
    read = attrgetter(path)
    plain = type(getattr_static(column.model, column.attname)) is DeferredAttribute
    if plain and isinstance(column, AS_STORED.get(words, ())):
        return read
    if words is serializers.DateTimeField.to_representation and _is_iso(field, "DATETIME_FORMAT"):
        return _moment(read, getattr(field, "timezone", None) or timezone.get_current_timezone())
    if words is serializers.DateField.to_representation and _is_iso(field, "DATE_FORMAT"):
        return _day(read)
    if isinstance(column, PhoneNumberField):
        return _number(read, field.to_representation)
    if isinstance(column, models.FileField) and len(field.source_attrs) == 1:
        return _file(column.attname, _said(field, read))
    return _said(field, read)


def _of_relation(field: serializers.Field, column: models.Field, path: str) -> Teller | None:
    words = type(field).to_representation
    if words is relations.SlugRelatedField.to_representation:
        return attrgetter(f"{path}.{field.slug_field}")
    by_key = words is relations.PrimaryKeyRelatedField.to_representation and not field.pk_field
    if by_key and len(field.source_attrs) == 1 and field.use_pk_only_optimization():
        return attrgetter(column.attname)
    return None


def _of_attribute(field: serializers.Field) -> Teller:
    """A property of the model, or what the query set annotates."""
    name, *more = field.source_attrs
    declared = getattr_static(field.parent.Meta.model, name, None)
    if more or not (declared is None or isinstance(declared, COMPUTED)):
        return as_ever(field)
    return _said(field, attrgetter(name))


def _said(field: serializers.Field, read: Teller) -> Teller:
    say = field.to_representation

    def tell(instance):
        value = read(instance)
        return None if value is None else say(value)

    return tell


def _number(read: Teller, say: Teller) -> Teller:
    """A telephone number, which a row of a list has as the text that is stored: E.164, as told."""

    def tell(instance):
        value = read(instance)
        return value if value is None or type(value) is str else say(value)

    return tell


def _file(name: str, said: Teller) -> Teller:
    """Nothing, without making a file of it, where nothing is stored."""

    def tell(instance):
        return said(instance) if instance.__dict__.get(name, name) else None

    return tell


def _moment(read: Teller, zone: tzinfo) -> Teller:
    def tell(instance):
        value = read(instance)
        if value is None:
            return None
        text = value.astimezone(zone).isoformat()
        return f"{text[:-6]}Z" if text.endswith("+00:00") else text

    return tell


def _day(read: Teller) -> Teller:
    def tell(instance):
        value = read(instance)
        return None if value is None else value.isoformat()

    return tell


def _label(read: Teller, choices: dict) -> Teller:
    """The word for a choice, in the language of the request that the serializer is made for."""
    words = {value: str(label) for value, label in choices.items()}

    def tell(instance):
        value = read(instance)
        return words.get(value, value)

    return tell


def _is_text(field: serializers.Field) -> bool:
    return type(field).to_representation is serializers.CharField.to_representation


def _is_iso(field: serializers.Field, setting: str) -> bool:
    return getattr(field, "format", getattr(api_settings, setting)) == ISO_8601


def _choices(model: type[models.Model], name: str) -> tuple[str, dict] | None:
    """The column and the choices of a `get_…_display`."""
    if not (name.startswith("get_") and name.endswith("_display")):
        return None
    column = _column(model, name.removeprefix("get_").removesuffix("_display"))
    # One that the model has written itself may say anything.
    if column is None or not column.choices or isfunction(getattr_static(model, name)):
        return None
    return column.attname, dict(column.flatchoices)


def _column(model: type[models.Model], name: str) -> models.Field | None:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if getattr(found, "concrete", False) and not found.many_to_many else None
