from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("demarches", "0006_compter_sans_lire")]

    operations = [
        AddIndexConcurrently(
            "signalement",
            models.Index(
                fields=["mairie", "categorie", "-date_creation", "-id"],
                include=["statut"],
                name="demarches_signalement_sorte",
            ),
        ),
        RemoveIndexConcurrently("signalement", "demarches_signalement_cat"),
    ]
