"""Public figures. Each app declares its own in `<app>/stats.py`."""

from dataclasses import dataclass

from django.db.models import Aggregate, Count, Model


@dataclass(frozen=True)
class Figures:
    """What is counted of the public rows of `model`, under `name`: `nombre`, and `more`."""

    name: str
    model: type[Model]
    more: dict[str, Aggregate]

    def compute(self, mairie: Model | None) -> dict[str, int]:
        rows = self.model._default_manager.visible_to_public()
        if mairie is not None:
            rows = rows.filter(**{rows.mairie_lookup: mairie.pk})
        # A sum of large integers comes back as a decimal number.
        found = rows.order_by().aggregate(nombre=Count("pk"), **self.more)
        return {name: int(value or 0) for name, value in found.items()}


_declared: dict[str, Figures] = {}


def declare(name: str, model: type[Model], **more: Aggregate) -> None:
    _declared[name] = Figures(name, model, more)


def declared() -> list[Figures]:
    return list(_declared.values())


def compute(mairie: Model | None = None) -> dict[str, dict[str, int]]:
    """The figures of the country, or of one mairie: one query per model."""
    return {figures.name: figures.compute(mairie) for figures in declared()}
