"""How the lines of a file become rows of one mairie (a resource of django-import-export).

Rows are found again by what people call them, within the mairie: no id of a file is read, and no
row of another mairie can be named.
"""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.utils.html import escape, linebreaks
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Diff, Resource

from ecms.files import discarded_on_error
from ecms.html import sanitise, text_of_sanitised
from ecms.imports.cells import Cell, Texte, text_of
from ecms.imports.tables import Table
from ecms.scoping import scoped

Key = tuple[str, ...]


class Colonne(Field):
    """A column of a file, for a field of the model. `heading` is the field's own name unless it is
    given; `others` are headings under which our exports have it. An empty cell says nothing,
    except of what may be empty."""

    def __init__(
        self,
        attribute: str,
        widget: Cell | None = None,
        *,
        heading: str = "",
        others: Iterable[str] = (),
        example: object = "",
        note: str = "",
        empties: bool = False,
    ):
        super().__init__(attribute, attribute, widget or Texte(), saves_null_values=empties)
        self.heading, self.others = heading, tuple(others)
        self.example, self.note = example, note

    def title(self, model: type[models.Model]) -> str:
        return str(self.heading or capfirst(model._meta.get_field(self.attribute).verbose_name))

    def save(self, instance, row, is_m2m=False, **kwargs):
        try:
            self.write(instance, row, **kwargs)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error

    def write(self, instance, row, **kwargs) -> None:
        """Put the cell into the row. Raises `ValueError` or `ValidationError`."""
        super().save(instance, row, **kwargs)


class ColonneRiche(Colonne):
    """HTML, or plain text whose line ends are kept. A text that says what is there already leaves
    its form alone: exports give it without."""

    def write(self, instance, row, **kwargs):
        text = text_of(row[self.column_name])
        present = getattr(instance, self.attribute)
        html = sanitise(text if "<" in text and ">" in text else linebreaks(escape(text)))
        if text_of_sanitised(html) != text_of_sanitised(present) or "<" in text:
            setattr(instance, self.attribute, html)

    def export(self, instance, **kwargs):
        return text_of_sanitised(self.get_value(instance) or "")


class Changes(Diff):
    """What a row was and becomes, column by column, in words."""

    def as_html(self):
        left = [""] * len(self.right) if self.new else self.left
        return list(zip(left, self.right, strict=True))


class ImportResource(Resource):
    """The lines of one file for `mairie`, brought by `par`; `now` is when it was sent.

    A subclass says with `key` which columns name a row, and with `store` how one is written.
    """

    key: Key = ()
    with_files = False

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        # Not asked: `get_instance` finds the rows, all of them in one query.
        instance_loader_class = BaseInstanceLoader

    def __init__(self, *, mairie, par, table: Table, now: datetime, locking: bool = False):
        super().__init__()
        self.mairie, self.par, self.table, self.now = mairie, par, table, now
        self.locking = locking
        self.seen: dict[Key, int] = {}
        self.notes: dict[int, str] = {}
        self.created, self.changed, self.fresh = [], [], []

    @classmethod
    def get_diff_class(cls):
        return Changes

    def key_of(self, row: dict) -> Key:
        """What names a row of the mairie; empty for one that names none."""
        return tuple(text_of(row.get(name)) for name in self.key)

    def key_of_instance(self, instance) -> Key:
        return tuple(str(getattr(instance, name)) for name in self.key)

    def named(self, rows, keys: set[Key]):
        """Those of `rows` that one of `keys` may name."""
        return rows.filter(**{f"{self.key[0]}__in": {key[0] for key in keys}})

    def store(self, instance, *, is_new: bool) -> None:
        """Write the row, as its form does."""
        with discarded_on_error(instance):
            instance.save()

    def warnings(self) -> list[str]:
        """What is to be said once all is written."""
        return []

    @contextmanager
    def files_discarded_on_error(self):
        """Delete the files of the lines that were written if all of them are taken back."""
        try:
            yield
        except BaseException:
            for file in self.fresh:
                file.storage.delete(file.name)
            raise

    def line(self, row_number: int) -> int:
        return self.table.rows[row_number - 1][0]

    def before_import(self, dataset, **kwargs):
        rows = scoped(self._meta.model._default_manager.all(), self.par).filter(mairie=self.mairie)
        keys = {self.key_of(row) for row in dataset.dict}
        found = self.named(rows.order_by("pk"), keys)
        if self.locking:
            found = found.select_for_update(no_key=True, of=("self",))
        self.known = defaultdict(list)
        for instance in found:
            self.known[self.key_of_instance(instance)].append(instance)

    def before_import_row(self, row, row_number=0, **kwargs):
        key = self.key_of(row)
        first = self.seen.setdefault(key, row_number)
        if first != row_number and any(key):
            sentence = _("La ligne %(ligne)s dit déjà la même chose.")
            raise ValidationError({self.key[0]: sentence % {"ligne": self.line(first)}})

    def get_instance(self, instance_loader, row):
        found = self.known.get(self.key_of(row), [])
        if len(found) > 1:
            sentence = _("Plusieurs lignes de la mairie portent ce nom : changez-les une à une.")
            raise ValidationError({self.key[0]: sentence})
        return found[0] if found else None

    def init_instance(self, row=None):
        return self._meta.model(mairie_id=self.mairie.pk)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """As a form validates the fields that it has. The constraints of the table are left to the
        database, as each would be a query for each line."""
        errors = dict(import_validation_errors or {})
        model_fields = {field.name: field for field in instance._meta.fields}
        others = model_fields.keys() - self.fields.keys()
        try:
            instance.full_clean(
                exclude={*others, *errors}, validate_unique=False, validate_constraints=False
            )
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for name in self.fields.keys() & model_fields.keys():
            field, value = model_fields[name], getattr(instance, name)
            if isinstance(field, models.TextField) and field.max_length and name not in errors:
                _check_length(errors, name, value, field.max_length)
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        if kwargs["dry_run"]:
            return
        fresh = [file for file in _files(instance) if file and not file._committed]
        with transaction.atomic():
            self.store(instance, is_new=is_create)
        self.fresh += fresh
        (self.created if is_create else self.changed).append(instance)


def _files(instance) -> list:
    fields = [field for field in instance._meta.fields if isinstance(field, models.FileField)]
    return [getattr(instance, field.attname) for field in fields]


def _check_length(errors: dict, name: str, value: str, length: int) -> None:
    try:
        MaxLengthValidator(length)(value)
    except ValidationError as error:
        errors[name] = error
