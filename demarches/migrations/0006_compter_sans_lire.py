from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("demarches", "0005_listes_de_l_admin")]

    operations = [
        AddIndexConcurrently(
            "demarcheadministrative",
            models.Index(
                fields=["mairie", "-date_creation", "-id"],
                include=["canal", "date_depot"],
                name="demarches_demarche_commune",
            ),
        ),
        AddIndexConcurrently(
            "demarcheadministrative",
            models.Index(
                fields=["mairie", "statut", "-date_creation", "-id"],
                include=["canal", "date_depot"],
                name="demarches_demarche_etape",
            ),
        ),
        RemoveIndexConcurrently("demarcheadministrative", "demarches_demarche_mairie"),
        RemoveIndexConcurrently("demarcheadministrative", "demarches_demarche_statut"),
    ]
