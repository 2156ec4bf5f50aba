"""The lasting pages of the demo's mairies, and the questions that people keep asking.

Between braces stand the commune and its places (`ecms.management.demo.mairies`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageDemo:
    """A page; those under it stand in `enfants`, in their order."""

    titre: str
    contenu: str
    meta_description: str = ""
    statut: str = "publiee"
    afficher_dans_menu: bool = True
    banniere: bool = False
    enfants: tuple["PageDemo", ...] = ()


@dataclass(frozen=True)
class QuestionDemo:
    question: str
    reponse: str
    categorie: str


PAGES = (
    PageDemo(
        titre="Présentation de la commune",
        meta_description="Les quartiers, les marchés et les services de {commune}.",
        contenu="""
<p>{commune} est une commune d'arrondissement. Ses habitants vivent notamment à {quartiers}.</p>
<h2>La mairie</h2>
<p>L'hôtel de ville réunit l'état civil, l'urbanisme, les services techniques, l'hygiène, les
affaires sociales et la recette municipale. Les sessions du conseil municipal sont publiques.</p>
<h2>La vie de la commune</h2>
<p>Le {marche} est le premier lieu d'échange. Le jeudi propre réunit chaque semaine les comités de
quartier.</p>""",
        banniere=True,
    ),
    PageDemo(
        titre="État civil",
        meta_description="Naissances, mariages, décès : où, quand et avec quelles pièces.",
        contenu="""
<p>Le guichet reçoit les dossiers <strong>de 8 h à 11 h</strong> et remet les actes <strong>de
11 h 30 à 15 h 30</strong>, du lundi au vendredi. Établir un acte de naissance, de mariage ou de
décès est <strong>gratuit</strong>.</p>""",
        enfants=(
            PageDemo(
                titre="Déclarer une naissance",
                meta_description="À la commune du lieu de naissance, dans les 90 jours.",
                contenu="""
<p>Une naissance se déclare <strong>à la commune où elle a eu lieu</strong>, dans les
<strong>90 jours</strong>. Jusqu'à six mois, l'acte est dressé sur réquisition du procureur de la
République ; au-delà, il faut un jugement supplétif.</p>
<h2>Les pièces</h2>
<ul>
<li>le certificat d'accouchement ;</li>
<li>les cartes nationales d'identité des deux parents ;</li>
<li>celles de deux témoins ;</li>
<li>une demande adressée au maire.</li>
</ul>""",
            ),
            PageDemo(
                titre="Se marier",
                meta_description="Les bans sont publiés trente jours avant la célébration.",
                contenu="""
<p>Les bans sont publiés <strong>trente jours</strong> avant la célébration.</p>
<h2>Les pièces</h2>
<ul>
<li>les actes de naissance et les cartes nationales d'identité des époux ;</li>
<li>leurs certificats de résidence ;</li>
<li>les cartes nationales d'identité des témoins et des chefs de famille ;</li>
<li>six photographies 4 × 4.</li>
</ul>""",
            ),
            PageDemo(
                titre="Déclarer un décès",
                meta_description="Dans les 90 jours, par la famille ou qui en a connaissance.",
                contenu="""
<p>Un décès se déclare dans les <strong>90 jours</strong>, par le chef de famille, un parent ou
toute personne qui en a connaissance.</p>""",
            ),
            PageDemo(
                titre="Reconnaissance d'un enfant",
                contenu="<p><em>À relire par l'état civil avant publication.</em></p>",
                statut="brouillon",
            ),
        ),
    ),
    PageDemo(
        titre="Contact",
        meta_description="L'adresse et les heures de la mairie.",
        contenu="""
<p>Hôtel de ville : {adresse}.</p>
<p>Du lundi au vendredi, de 7 h 30 à 15 h 30. Les bureaux sont fermés les jours fériés.</p>
<p>Par courriel : <a href="mailto:{email}">{email}</a>.</p>""",
    ),
    PageDemo(
        titre="Mentions légales",
        contenu="<p>Espace en ligne de la mairie de {commune}. Données de démonstration.</p>",
        afficher_dans_menu=False,
    ),
)

QUESTIONS = (
    QuestionDemo(
        "Où et quand déclarer une naissance ?",
        "<p>À la commune où l'enfant est né, dans les 90 jours. Jusqu'à six mois, il faut une "
        "réquisition du procureur de la République ; au-delà, un jugement supplétif.</p>",
        "État civil",
    ),
    QuestionDemo(
        "Combien coûte un acte de naissance, de mariage ou de décès ?",
        "<p>L'établissement de l'acte est gratuit. Un timbre communal de 200 FCFA peut être "
        "demandé.</p>",
        "État civil",
    ),
    QuestionDemo(
        "Combien de temps les bans d'un mariage sont-ils publiés ?",
        "<p>Trente jours. Déposez le dossier assez tôt.</p>",
        "État civil",
    ),
    QuestionDemo(
        "Qui déclare un décès, et dans quel délai ?",
        "<p>Le chef de famille, un parent ou toute personne qui en a connaissance, dans les "
        "90 jours.</p>",
        "État civil",
    ),
    QuestionDemo(
        "Quand les guichets sont-ils ouverts ?",
        "<p>Du lundi au vendredi, de 7 h 30 à 15 h 30. L'état civil reçoit les dossiers de 8 h à "
        "11 h et remet les actes de 11 h 30 à 15 h 30.</p>",
        "Accueil",
    ),
    QuestionDemo(
        "Quels jours la mairie est-elle fermée ?",
        "<p>Le samedi, le dimanche et les jours fériés : 1er janvier, 11 février, 1er mai, 20 mai, "
        "Vendredi saint, Ascension, 15 août, 25 décembre, fin du Ramadan et fête du Mouton.</p>",
        "Accueil",
    ),
)


def toutes(pages: tuple[PageDemo, ...] = PAGES) -> list[PageDemo]:
    """The pages and all that stands under them."""
    return [each for page in pages for each in (page, *toutes(page.enfants))]
