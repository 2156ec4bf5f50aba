"""The admin, seen through the same scopes as the API."""

from ecms.admin import registrations
from ecms.admin.presets import Preset
from ecms.admin.refusals import refusal
from ecms.admin.rights import permission_label
from ecms.admin.scoped import ReadOnlyAdmin, ScopedAdmin, ScopedInline
from ecms.admin.steps import LongText, Step, StepForm

__all__ = [
    "LongText",
    "Preset",
    "ReadOnlyAdmin",
    "ScopedAdmin",
    "ScopedInline",
    "Step",
    "StepForm",
    "permission_label",
    "refusal",
    "registrations",
]
