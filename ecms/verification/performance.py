"""Section 11: what the document says of performance and of what to watch."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from ecms.verification.database import Database, row
from ecms.verification.report import Line, Section, Verdict

USED = 0.8  # part of the allowed connections above which a burst could find none


def section(database: Database) -> Section:
    label = _("Connexions employées")
    lines = [_sessions(), _engine()]
    lines += database.lines("performance.connections", label, _connections)
    lines += [_metrics(), _faults()]
    return Section("performance", _("11. Performance et surveillance"), lines)


def _sessions() -> Line:
    engine = settings.SESSION_ENGINE
    verdict = Verdict.OK if engine.endswith((".db", ".cached_db")) else Verdict.WARNING
    return Line("performance.sessions", _("Sessions gardées en base"), verdict, engine)


def _engine() -> Line:
    verdict = Verdict.OK if connection.vendor == "postgresql" else Verdict.FAILURE
    engine = connection.settings_dict["ENGINE"]
    return Line("performance.engine", _("Moteur de base de données"), verdict, engine)


def _connections() -> Iterator[Line]:
    used, most = row(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
        " current_setting('max_connections')::int"
    )
    verdict = Verdict.OK if used <= most * USED else Verdict.WARNING
    evidence = _("%(used)s sur %(most)s permises") % {"used": used, "most": most}
    yield Line("performance.connections", _("Connexions employées"), verdict, evidence)


def _metrics() -> Line:
    label = _("Mesures pour Prometheus")
    if settings.METRICS_TOKEN:
        return Line("performance.metrics", label, Verdict.OK, "/metrics")
    text = _("METRICS_TOKEN n'est pas défini : rien n'est compté")
    return Line("performance.metrics", label, Verdict.TO_CONFIRM, text)


def _faults() -> Line:
    label = _("Pannes signalées à un Sentry")
    if settings.SENTRY_DSN:
        return Line("performance.faults", label, Verdict.OK, settings.SENTRY_ENVIRONMENT)
    text = _("SENTRY_DSN n'est pas défini : les pannes ne sont que dans le journal")
    return Line("performance.faults", label, Verdict.TO_CONFIRM, text)
