"""Every invariant of ours has a name that tells where it belongs, and says what it refuses."""

import pytest
from django.db.models import BaseConstraint

from ecms.tests.walking import our_models

CONSTRAINTS = [
    pytest.param(model, constraint, id=constraint.name)
    for model in our_models()
    for constraint in model._meta.constraints
]


@pytest.mark.parametrize(("model", "constraint"), CONSTRAINTS)
def test_it_is_named_and_says_what_it_refuses(model, constraint):
    assert constraint.name.startswith(f"{model._meta.app_label}_")
    message = constraint.get_violation_error_message()
    assert message.endswith(".")
    assert message != BaseConstraint.default_violation_error_message % {"name": constraint.name}
