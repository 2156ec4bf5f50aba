from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("documents", "0005_listes_de_l_admin")]

    operations = [
        AddIndexConcurrently(
            "actualite",
            models.Index(
                fields=["mairie", "-epinglee", "-date_publication", "-id"],
                include=["date_expiration"],
                condition=models.Q(statut="publiee"),
                name="documents_actualite_commune",
            ),
        ),
        AddIndexConcurrently(
            "actualite",
            models.Index(
                fields=["-date_publication", "-id"],
                include=["mairie", "date_expiration"],
                condition=models.Q(statut="publiee"),
                name="documents_actualite_nation",
            ),
        ),
        RemoveIndexConcurrently("actualite", "documents_actualite_mairie"),
        RemoveIndexConcurrently("actualite", "documents_actualite_pays"),
    ]
