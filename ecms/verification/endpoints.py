"""Section 10: the documented endpoints, asked of the URL resolver."""

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from ecms.verification import documented
from ecms.verification.report import Line, Section, Verdict


def section() -> Section:
    lines = [_line(path, methods) for path, methods in documented.ENDPOINTS]
    return Section("endpoints", _("10. Points d'accès de l'authentification"), lines)


def _line(path: str, methods: tuple[str, ...]) -> Line:
    code, label = f"endpoints.{path}", f"{'/'.join(methods)} {path}"
    try:
        view = resolve(path).func
    except Resolver404:
        return Line(code, label, Verdict.FAILURE, _("aucune vue ne répond à cette adresse"))
    allowed = _allowed_methods(view)
    evidence = _("%(view)s, méthodes permises : %(methods)s") % {
        "view": _name(view),
        "methods": ", ".join(allowed) or "-",
    }
    verdict = Verdict.OK if set(methods) <= set(allowed) else Verdict.FAILURE
    return Line(code, label, verdict, evidence)


def _allowed_methods(view) -> list[str]:
    """Those the class has a handler for; a function says nothing of its own."""
    view_class = _class_of(view)
    known = getattr(view_class, "http_method_names", [])
    names = getattr(view, "actions", None) or [name for name in known if hasattr(view_class, name)]
    return [name.upper() for name in names if name != "options"]


def _class_of(view):
    return getattr(view, "cls", None) or getattr(view, "view_class", None)


def _name(view) -> str:
    named = _class_of(view) or view
    return f"{named.__module__}.{named.__qualname__}"
