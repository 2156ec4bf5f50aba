"""Sections 1 and 6: how PostgreSQL is reached, and that it can be read and written."""

import ipaddress
import statistics
import time
import uuid
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ecms.models import LimitCounter
from ecms.verification import documented
from ecms.verification.database import Database, row
from ecms.verification.report import Line, Section, Verdict
from ecms.verification.tables import present_tables

ROUND_TRIPS = 5
ENCRYPTING = {"require", "verify-ca", "verify-full"}


def section(database: Database) -> Section:
    code, label = "connection.server", _("Serveur PostgreSQL")
    if database.refusal:
        lines = [Line(code, label, Verdict.FAILURE, database.refusal)]
    else:
        lines = database.lines(code, label, _server)
    return Section("connection", _("1. Configuration de la base de données"), lines + _settings())


def connectivity(database: Database) -> Section:
    lines = [
        *database.lines("connectivity.round_trip", _("Aller-retour avec PostgreSQL"), _round_trip),
        *database.lines("connectivity.direct", _("Connexion directe"), _second_connection),
        *database.lines("connectivity.write", _("Droit d'écrire"), _write),
        *database.lines("connectivity.tables", _("Nombre de tables"), _table_count),
    ]
    return Section("connectivity", _("6. Connexion à la base de données"), lines)


def judge_tls() -> tuple[Verdict, str]:
    """Whether what travels between the application and PostgreSQL can be read on the way."""
    is_encrypted, version, cipher = row(
        "SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    )
    address, _port = _network_address()
    if is_encrypted:
        return Verdict.OK, _encrypted(version, cipher)
    if address is None:
        return Verdict.OK, _("socket locale : rien ne passe par le réseau, TLS est sans objet")
    if ipaddress.ip_address(address).is_loopback:
        text = _(
            "liaison en clair avec %(address)s, sur cette machine (DB_SSLMODE=require l'évite)"
        )
        return Verdict.WARNING, text % {"address": address}
    text = _("liaison en clair avec %(address)s, par le réseau : mettez DB_SSLMODE=require")
    return Verdict.FAILURE, text % {"address": address}


def _encrypted(version: str, cipher: str) -> str:
    found = _("liaison chiffrée : %(version)s, %(cipher)s") % {
        "version": version,
        "cipher": cipher,
    }
    if _sslmode() in ENCRYPTING:
        return found
    advice = _("rien n'interdit un repli en clair tant que DB_SSLMODE ne vaut pas require")
    return f"{found} ({advice})"


def _server() -> Iterator[Line]:
    name, user, is_superuser = row(
        "SELECT current_database(), current_user, rolsuper FROM pg_roles"
        " WHERE rolname = current_user"
    )
    yield _identity("connection.database", _("Nom de la base"), "NAME", name)
    yield _identity("connection.user", _("Utilisateur de la base"), "USER", user)
    verdict, evidence = _judge_role(is_superuser)
    yield Line("connection.role", _("Droits du rôle"), verdict, evidence)
    host, port = connection.connection.info.host, str(connection.connection.info.port)
    yield _documented("connection.host", _("Hôte de la base"), "HOST", host)
    yield _documented("connection.port", _("Port de la base"), "PORT", port)
    yield Line("connection.transport", _("Liaison"), Verdict.INFO, _transport())
    yield Line("connection.version", _("Version du serveur"), *_judge_version())
    yield Line("connection.tls", _("TLS réellement employé"), *judge_tls())


def _identity(code: str, label: str, key: str, found: str) -> Line:
    """What answers must be what was asked for; the documented name is only the default."""
    asked = connection.settings_dict[key]
    if found == asked:
        return _documented(code, label, key, found)
    text = _("%(found)s répond, %(asked)s était demandé")
    return Line(code, label, Verdict.FAILURE, text % {"found": found, "asked": asked})


def _documented(code: str, label: str, key: str, found: str) -> Line:
    expected = documented.DATABASE[key]
    if found == expected:
        return Line(code, label, Verdict.OK, _("%(found)s, comme documenté") % {"found": found})
    text = _("%(found)s (le document dit %(expected)s)")
    return Line(code, label, Verdict.OK, text % {"found": found, "expected": expected})


def _judge_role(is_superuser: bool) -> tuple[Verdict, str]:
    if is_superuser:
        return Verdict.WARNING, _("le rôle est superutilisateur : aucun droit ne le retient")
    return Verdict.OK, _("rôle ordinaire, non superutilisateur")


def _network_address() -> tuple[str | None, int | None]:
    """Where the server listens, None on a Unix socket."""
    return row("SELECT host(inet_server_addr()), inet_server_port()")


def _transport() -> str:
    address, port = _network_address()
    if address is None:
        return _("socket locale (Unix)")
    return _("TCP vers %(address)s, port %(port)s") % {"address": address, "port": port}


def _judge_version() -> tuple[Verdict, str]:
    (version,) = row("SHOW server_version")
    least = connection.features.minimum_database_version[0]
    text = _("PostgreSQL %(version)s (le document dit %(documented)s+, Django demande %(least)s+)")
    verdict = Verdict.OK if connection.pg_version >= least * 10_000 else Verdict.FAILURE
    facts = {"version": version, "documented": documented.POSTGRESQL_VERSION, "least": least}
    return verdict, text % facts


def _settings() -> list[Line]:
    health = connection.settings_dict["CONN_HEALTH_CHECKS"]
    return [
        Line("connection.pooling", _("Connexions persistantes"), *_judge_pooling()),
        Line(
            "connection.health_checks",
            _("Connexions vérifiées avant usage"),
            Verdict.OK if health else Verdict.WARNING,
            f"CONN_HEALTH_CHECKS={health}",
        ),
        Line("connection.sslmode", _("TLS demandé"), *_judge_sslmode()),
    ]


def _judge_pooling() -> tuple[Verdict, str]:
    age = connection.settings_dict["CONN_MAX_AGE"]
    text = f"CONN_MAX_AGE={age}"
    if age == documented.CONN_MAX_AGE:
        return Verdict.OK, text
    evidence = _("%(found)s (le document dit %(expected)s)")
    evidence %= {"found": text, "expected": documented.CONN_MAX_AGE}
    return (Verdict.FAILURE if age == 0 else Verdict.WARNING), evidence


def _sslmode() -> str:
    return connection.settings_dict["OPTIONS"].get("sslmode", documented.SSLMODE)


def _judge_sslmode() -> tuple[Verdict, str]:
    mode = _sslmode()
    text = f"sslmode={mode}"
    if mode in {documented.SSLMODE, *ENCRYPTING}:
        return Verdict.OK, text
    evidence = _("%(found)s (le document dit %(expected)s)")
    return Verdict.WARNING, evidence % {"found": text, "expected": documented.SSLMODE}


def _round_trip() -> Iterator[Line]:
    text = _("médiane de %(count)s aller-retours : %(latency).2f ms")
    evidence = text % {"count": ROUND_TRIPS, "latency": statistics.median(_latencies())}
    yield Line("connectivity.round_trip", _("Aller-retour avec PostgreSQL"), Verdict.OK, evidence)


def _latencies() -> Iterator[float]:
    """Milliseconds."""
    for _trip in range(ROUND_TRIPS):
        began = time.perf_counter()
        row("SELECT 1")
        yield (time.perf_counter() - began) * 1000


def _second_connection() -> Iterator[Line]:
    """A new connection, as psql would open one; the other one is kept from earlier."""
    fresh = connection.copy()
    began = time.perf_counter()
    try:
        fresh.ensure_connection()
        elapsed = (time.perf_counter() - began) * 1000
    finally:
        fresh.close()
    evidence = _("nouvelle connexion authentifiée en %(elapsed).1f ms") % {"elapsed": elapsed}
    yield Line("connectivity.direct", _("Connexion directe"), Verdict.OK, evidence)


def _write() -> Iterator[Line]:
    """A row really written, in a transaction that is rolled back."""
    key = f"verify_deployment:{uuid.uuid4().hex}"
    with transaction.atomic():
        LimitCounter.objects.create(key=key, count=1, expires_at=timezone.now())
        was_written = LimitCounter.objects.filter(key=key).exists()
        transaction.set_rollback(True)
    if was_written and not LimitCounter.objects.filter(key=key).exists():
        verdict, evidence = Verdict.OK, _("ligne écrite, relue, puis annulée")
    else:
        verdict, evidence = Verdict.FAILURE, _("la ligne écrite n'a pas été relue ou annulée")
    yield Line("connectivity.write", _("Droit d'écrire"), verdict, evidence)


def _table_count() -> Iterator[Line]:
    tables = present_tables()
    found = tables.intersection(documented.ALL_TABLES)
    text = _("%(total)s tables, dont %(found)s des %(documented)s documentées")
    expected = len(documented.ALL_TABLES)
    evidence = text % {"total": len(tables), "found": len(found), "documented": expected}
    verdict = Verdict.OK if len(found) == expected else Verdict.FAILURE
    yield Line("connectivity.tables", _("Nombre de tables"), verdict, evidence)
