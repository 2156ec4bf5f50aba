"""What a person may do to a row beyond editing it: move its state, assign it, write a message.

A model's admin lists its `Step`s. Each is a button on the row's page while the row allows it, a
page that asks what the step needs to know, and an action over the rows chosen in a list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget

from ecms.admin.once import number, once
from ecms.admin.refusals import REFUSALS, refusal

# In what a page sends: the questions of the step were on it.
ASKED = "_step"
# Of the rows that a step is about to be taken for, how many are named, and how many there may be:
# each takes a transaction of its own, and somebody waits.
NAMED = 20
AT_MOST = 500


class StepForm(forms.Form):
    """What a step asks `user` before it is taken for `rows`: one, or those chosen in a list."""

    # A template that looks whether a step has a form does not make one.
    do_not_call_in_templates = True

    def __init__(self, *args, rows: Sequence[Model], user: Model, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, self.user = rows, user


class LongText(forms.CharField):
    """A few lines, as a step asks for them."""

    widget = UnfoldAdminTextareaWidget

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 2000, **kwargs})
        self.widget.attrs.setdefault("rows", 4)


@dataclass(frozen=True)
class Step:
    """`run(row, par=user, **answers)` takes it, with the cleaned answers of `form`; it raises
    `DomainError` or `ValidationError` to refuse.

    `allowed(row)`, and `useful(row, user)` where it depends on who looks, decide whether the button
    is there: the service has the last word. `permission` names a `has_<permission>_permission` of
    the admin. `done` counts: `ngettext_lazy` with "count". `many`: offered for the rows of a list
    too.
    """

    name: str
    label: Promise
    run: Callable[..., object]
    done: Promise
    allowed: Callable[[Model], bool] = lambda row: True
    useful: Callable[[Model, Model], bool] = lambda row, user: True
    form: type[StepForm] | None = None
    permission: str = "change"
    variant: str = "default"
    many: bool = True


class SteppedAdmin:
    """Mixed in before `ModelAdmin`."""

    steps: Sequence[Step] = ()
    # Whether the admin's own log names who took a step: what keeps a history needs no second one.
    log_steps = True
    change_form_outer_before_template = "ecms/admin/steps.html"

    def steps_for(self, request) -> dict[str, Step]:
        """Those that this person may take, by name, whatever the row."""
        return {step.name: step for step in self.steps if self._may(request, step)}

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.actions is None or IS_POPUP_VAR in request.GET:
            return actions
        offered = {
            step.name: (partial(_for_many, step=step), step.name, step.label)
            for step in self.steps_for(request).values()
            if step.many
        }
        return {**offered, **actions}

    def response_action(self, request, queryset):
        """A choice that names no row, as no list offers it, is a choice of nothing."""
        try:
            for chosen in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(chosen)
        except ValidationError:
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)

    def get_urls(self):
        view = self.admin_site.admin_view(self.step_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        return [path("<path:object_id>/etape/<slug:name>/", view, name=name), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and not context.get("is_popup"):
            steps = self.steps_for(request).values()
            context["steps"] = [
                step for step in steps if step.allowed(obj) and step.useful(obj, request.user)
            ]
            context |= number()
        return super().render_change_form(request, context, add, change, form_url, obj)

    def step_view(self, request, object_id, name):
        """The page of one step of one row."""
        row = self.get_object(request, unquote(object_id))
        step = self.steps_for(request).get(name)
        if row is None or step is None or not self.has_view_permission(request, row):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return once(request, partial(self._step_of, request, step, row))

    def _step_of(self, request, step: Step, row):
        if request.method == "POST" and self._taken(request, step, [row]):
            address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            if self.get_object(request, str(row.pk)) is not None:
                address = self._page_of(row)
            return HttpResponseRedirect(address)
        return self._ask(request, step, [row], back=self._page_of(row))

    def act(self, request, rows, service, done) -> None:
        """Call `service` on each row: what it refuses is said row by row, the rest is done."""
        count = 0
        for row in rows:
            try:
                with transaction.atomic():
                    service(row)
            except REFUSALS as error:
                said = " ".join(refusal(error).messages)
                self.message_user(request, f"{row} : {said}", messages.ERROR)
            else:
                count += 1
        if count:
            self.message_user(request, done % {"count": count}, messages.SUCCESS)

    def _may(self, request, step: Step) -> bool:
        return getattr(self, f"has_{step.permission}_permission")(request)

    def _page_of(self, row) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def _taken(self, request, step: Step, rows) -> bool:
        """Whether what was asked is answered; the step is then taken for each of `rows`."""
        answers = {}
        if step.form is not None:
            form = step.form(request.POST, request.FILES, rows=rows, user=request.user)
            if not form.is_valid():
                request.step_form = form
                return False
            answers = form.cleaned_data
        run = partial(self._run, request, step, answers)
        self.act(request, rows, run, step.done)
        return True

    def _run(self, request, step: Step, answers: dict, row) -> None:
        step.run(row, par=request.user, **answers)
        if self.log_steps:
            self.log_change(request, row, str(step.label))

    def _ask(self, request, step: Step, rows, *, back: str, many: bool = False):
        form = getattr(request, "step_form", None)
        if form is None and step.form is not None:
            form = step.form(rows=rows, user=request.user)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": step.label,
            "subtitle": None if many else str(rows[0]),
            "step": step,
            "form": form,
            "media": self.media + form.media if form else self.media,
            "rows": rows[:NAMED],
            "more": max(len(rows) - NAMED, 0),
            "back": back,
            "asked": ASKED,
            **number(),
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "chosen": [row.pk for row in rows] if many else [],
        }
        return TemplateResponse(request, "ecms/admin/step.html", context)


def _for_many(model_admin, request, queryset, *, step: Step):
    """The action of a list: asks first, once for all, what the step needs to know."""
    rows = list(queryset[: AT_MOST + 1])
    if len(rows) > AT_MOST:
        said = _("Choisissez %(count)s lignes au plus : filtrez la liste.") % {"count": AT_MOST}
        model_admin.message_user(request, said, messages.ERROR)
        return None
    asked = step.form is None or ASKED in request.POST
    if asked and model_admin._taken(request, step, rows):
        return None
    return model_admin._ask(request, step, rows, back=request.get_full_path(), many=True)
