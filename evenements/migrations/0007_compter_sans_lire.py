from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("evenements", "0006_listes_de_l_admin")]

    operations = [
        AddIndexConcurrently(
            "evenement",
            models.Index(
                fields=["debut", "id"],
                include=["mairie", "statut"],
                condition=~models.Q(statut="brouillon"),
                name="evenements_evenement_nation",
            ),
        ),
        RemoveIndexConcurrently("evenement", "evenements_evenement_pays"),
    ]
