"""The news of the demo's mairies: what town halls really announce.

Between braces stand the commune and its places (`ecms.management.demo.mairies`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActualiteDemo:
    """`jours` counts from today, backwards when negative; `fete` (month, day) is the last one
    gone by instead. `duree` is how many days it is shown, `banniere` what its picture says."""

    titre: str
    categorie: str
    resume: str
    contenu: str
    jours: int = 0
    fete: tuple[int, int] | None = None
    duree: int | None = None
    statut: str = "publiee"
    epinglee: bool = False
    banniere: str = ""


ACTUALITES = (
    ActualiteDemo(
        titre="Naissance : vous avez 90 jours pour la déclarer",
        categorie="avis_public",
        resume="Déclarez la naissance à la commune où elle a eu lieu, dans les 90 jours. "
        "L'acte est gratuit.",
        contenu="""
<p>Tout enfant a droit à un acte de naissance. La déclaration se fait <strong>à la commune où
l'enfant est né</strong>, dans les <strong>90 jours</strong> qui suivent la naissance.</p>
<h2>Les pièces</h2>
<ul>
<li>le certificat d'accouchement ;</li>
<li>la carte nationale d'identité des deux parents ;</li>
<li>la carte nationale d'identité de deux témoins ;</li>
<li>une demande adressée au maire.</li>
</ul>
<h2>Après 90 jours</h2>
<p>Jusqu'à six mois, l'acte est dressé sur réquisition du procureur de la République. Au-delà, il
faut un jugement supplétif.</p>
<p>Le guichet de l'état civil de {commune} reçoit les dossiers de 8 h à 11 h et remet les actes de
11 h 30 à 15 h 30, du lundi au vendredi. Établir l'acte est gratuit.</p>""",
        jours=-25,
        epinglee=True,
        banniere="Naissance : 90 jours pour la déclarer",
    ),
    ActualiteDemo(
        titre="Jeudi propre : toute la commune nettoie",
        categorie="annonce",
        resume="Jeudi de 7 h à 10 h, chacun nettoie devant chez soi. Les boutiques ouvrent à 10 h.",
        contenu="""
<p>Le prochain <strong>jeudi propre</strong> a lieu cette semaine, de 7 h à 10 h, dans tous les
quartiers de {commune} : {quartiers}.</p>
<ul>
<li>Les habitants nettoient leur concession et le caniveau qui la borde.</li>
<li>Les commerces ouvrent à 10 h.</li>
<li>Les camions passent ramasser les tas à partir de 9 h 30.</li>
</ul>
<p>Les comités de quartier peuvent retirer pelles, râteaux et brouettes au service Hygiène et
salubrité, la veille, sur simple signature.</p>""",
        jours=-2,
        duree=12,
        epinglee=True,
        banniere="Jeudi propre : tous dehors de 7 h à 10 h",
    ),
    ActualiteDemo(
        titre="Vaccination des enfants de 0 à 5 ans : les équipes passent",
        categorie="communique",
        resume="Pendant cinq jours, les équipes vaccinent à domicile, dans les écoles et sur les "
        "marchés. C'est gratuit.",
        contenu="""
<p>Les équipes du district de santé passent pendant cinq jours dans {commune}. Elles vaccinent à
domicile, dans les écoles maternelles, les lieux de culte et au {marche}.</p>
<p>Le vaccin est <strong>gratuit</strong>, y compris pour les enfants déjà vaccinés.</p>
<h2>Ce qu'il faut faire</h2>
<ul>
<li>Gardez à portée de main le carnet de santé de l'enfant.</li>
<li>Demandez le badge de l'équipe qui se présente.</li>
<li>Si personne n'est passé, allez au centre de santé le plus proche.</li>
</ul>""",
        jours=-4,
        duree=20,
        banniere="Vaccination gratuite, de 0 à 5 ans",
    ),
    ActualiteDemo(
        titre="Travaux sur {axe} : circulation déviée",
        categorie="avis_public",
        resume="La chaussée est reprise pendant trois semaines. Déviation par {deviation}.",
        contenu="""
<p>Des travaux de reprise de la chaussée et des caniveaux ont lieu sur {axe} pendant environ trois
semaines.</p>
<table>
<thead><tr><th scope="col">Quand</th><th scope="col">Circulation</th></tr></thead>
<tbody>
<tr><td>De 6 h à 18 h</td><td>fermée, déviation par {deviation}</td></tr>
<tr><td>De 18 h à 6 h</td><td>sur une voie, en alternance</td></tr>
</tbody>
</table>
<p>Les riverains gardent l'accès à pied. Les véhicules de secours passent à toute heure.</p>""",
        jours=-6,
        duree=30,
        banniere="Travaux : circulation déviée",
    ),
    ActualiteDemo(
        titre="Déplacement provisoire des étals du {marche}",
        categorie="communique",
        resume="Le temps des travaux de drainage, les étals extérieurs sont installés à côté.",
        contenu="""
<p>Le drainage autour du {marche} commence lundi. Les étals installés le long de la chaussée
rejoignent l'aire aménagée à l'intérieur de l'enceinte, côté entrée principale.</p>
<p>Chaque commerçante et chaque commerçant garde son numéro de place. Le droit de place n'est pas
perçu pendant le déplacement.</p>
<p>Pour toute question : service Hygiène et salubrité, de 7 h 30 à 15 h 30.</p>""",
        jours=-9,
    ),
    ActualiteDemo(
        titre="Conseil municipal : session ordinaire ouverte au public",
        categorie="vie_municipale",
        resume="À l'ordre du jour : compte administratif, entretien des voies, marchés.",
        contenu="""
<p>Le conseil municipal de {commune} se réunit en session ordinaire dans la salle des actes de
l'hôtel de ville, à 10 h. La séance est publique, dans la limite des places.</p>
<h2>Ordre du jour</h2>
<ol>
<li>Adoption du procès-verbal de la session précédente.</li>
<li>Examen du compte administratif.</li>
<li>Programme d'entretien des voies communales.</li>
<li>Droits de place des marchés.</li>
<li>Questions diverses.</li>
</ol>
<p>Les délibérations sont affichées à l'hôtel de ville après la session.</p>""",
        jours=-13,
    ),
    ActualiteDemo(
        titre="Tournoi de football inter-quartiers : inscrivez votre équipe",
        categorie="sport",
        resume="Seize équipes, garçons et filles, de 15 à 20 ans. L'inscription est gratuite.",
        contenu="""
<p>Le tournoi inter-quartiers réunit seize équipes de {quartiers}. Les matches se jouent le samedi
et le dimanche après-midi au terrain municipal de {quartier}.</p>
<ul>
<li>Deux tableaux : filles et garçons, de 15 à 20 ans.</li>
<li>Quinze joueuses ou joueurs par équipe, une personne responsable majeure.</li>
<li>Pièces : copie d'acte de naissance et certificat médical de chacun.</li>
</ul>
<p>Inscription gratuite au service Affaires sociales, éducation et sports.</p>""",
        jours=-16,
        banniere="Tournoi inter-quartiers : inscrivez-vous",
    ),
    ActualiteDemo(
        titre="Mariage : les bans sont publiés trente jours",
        categorie="avis_public",
        resume="Déposez votre dossier assez tôt : les bans restent affichés trente jours.",
        contenu="""
<p>Avant un mariage, les bans sont affichés <strong>trente jours</strong> à l'hôtel de ville.
Déposez votre dossier au moins six semaines avant la date choisie.</p>
<h2>Le dossier</h2>
<ul>
<li>les actes de naissance et les cartes nationales d'identité des futurs époux ;</li>
<li>leurs certificats de résidence ;</li>
<li>les cartes nationales d'identité des témoins et des chefs de famille ;</li>
<li>six photographies 4 × 4.</li>
</ul>
<p>L'acte de mariage est gratuit.</p>""",
        jours=-19,
    ),
    ActualiteDemo(
        titre="Rentrée scolaire : inscriptions en maternelle et au primaire",
        categorie="education",
        resume="Les écoles publiques de la commune inscrivent les enfants jusqu'à la rentrée.",
        contenu="""
<p>Les inscriptions dans les écoles maternelles et primaires publiques de {commune} se font auprès
de la direction de chaque école, le matin, jusqu'à la rentrée.</p>
<p>Apportez la copie de l'acte de naissance, le carnet de vaccination et le dernier bulletin.</p>
<p>Un enfant sans acte de naissance est accueilli : l'état civil aide les parents à constituer le
dossier de jugement supplétif.</p>""",
        fete=(8, 24),
        banniere="Rentrée : inscrivez vos enfants",
    ),
    ActualiteDemo(
        titre="Fête de la Jeunesse du 11 février : le programme",
        categorie="culture",
        resume="Une semaine de théâtre, de danse et de débats, jusqu'au défilé du 11 février.",
        contenu="""
<p>La semaine de la jeunesse anime {commune} jusqu'au défilé du 11 février.</p>
<ul>
<li><strong>Lundi</strong> : concours d'orthographe et de calcul dans les écoles.</li>
<li><strong>Mercredi</strong> : théâtre et conte, salle des fêtes.</li>
<li><strong>Vendredi</strong> : danses patrimoniales, esplanade de l'hôtel de ville.</li>
<li><strong>Samedi</strong> : finale des jeux sportifs à {quartier}.</li>
<li><strong>11 février</strong> : défilé des établissements, à partir de 9 h.</li>
</ul>
<p>Les bureaux de la mairie sont fermés le 11 février.</p>""",
        fete=(2, 4),
        banniere="Fête de la Jeunesse, 11 février",
    ),
    ActualiteDemo(
        titre="Fête nationale du 20 Mai : rassemblement et défilé",
        categorie="vie_municipale",
        resume="Mise en place à 8 h. Les bureaux sont fermés toute la journée.",
        contenu="""
<p>Pour la fête nationale, les associations, les écoles et les corps constitués de {commune} se
rassemblent à 8 h. Le défilé commence à 10 h.</p>
<p>La circulation est interrompue sur {axe} de 7 h à 14 h ; déviation par {deviation}.</p>
<p>Les bureaux de la mairie sont fermés toute la journée.</p>""",
        fete=(5, 12),
    ),
    ActualiteDemo(
        titre="Fermeture exceptionnelle des bureaux vendredi après-midi",
        categorie="communique",
        resume="Les guichets ferment à 12 h pour une formation du personnel.",
        contenu="""
<p>Les guichets de la mairie de {commune} ferment vendredi à 12 h pour une formation du personnel.
Ils rouvrent lundi à 7 h 30. Une permanence est tenue pour les déclarations de décès.</p>""",
        jours=-40,
        duree=7,
    ),
    ActualiteDemo(
        titre="État civil : bientôt sur rendez-vous",
        categorie="nouvelle",
        resume="Réservez un créneau de vingt minutes et évitez la file.",
        contenu="""
<p>Le guichet de l'état civil de {commune} ouvre la prise de rendez-vous : un créneau de vingt
minutes, choisi en ligne ou à l'accueil. L'accès sans rendez-vous reste possible.</p>""",
        jours=10,
    ),
    ActualiteDemo(
        titre="Éclairage public : les prochaines rues équipées",
        categorie="nouvelle",
        resume="Liste à confirmer par les services techniques.",
        contenu="""
<p>De nouveaux lampadaires seront posés à {quartier}. <em>À compléter : liste des rues et
calendrier.</em></p>""",
        statut="brouillon",
    ),
)

# What the suspended mairie had published: nobody reads it any more.
ACTUALITE_SUSPENDUE = ActualiteDemo(
    titre="Recensement des commerces",
    categorie="communique",
    resume="Les agents recenseurs passent dans les commerces jusqu'à la fin du mois.",
    contenu="<p>Les agents recenseurs passent dans les commerces jusqu'à la fin du mois.</p>",
    jours=-60,
)
