"""What `manage.py verify_deployment` measures, in the order of the report it fulfils."""

from ecms.verification import (
    checklist,
    connection,
    deployment,
    endpoints,
    migrations,
    performance,
    schema,
    system_checks,
    tables,
    variables,
)
from ecms.verification.database import Database
from ecms.verification.report import Report


def verify() -> Report:
    """Measure everything; takes a few seconds and leaves nothing behind in the database."""
    database = Database()
    sections = [
        connection.section(database),
        tables.section(database),
        migrations.section(database),
        system_checks.section(database),
        schema.section(database),
        connection.connectivity(database),
        checklist.section(database),
        variables.section(),
    ]
    # This one judges by what those before it found.
    sections.append(deployment.section(sections))
    sections += [endpoints.section(), performance.section(database)]
    return Report(sections)
