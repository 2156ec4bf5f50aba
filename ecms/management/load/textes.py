"""French prose by the page: the same number gives the same text, two numbers give two texts."""

from random import Random

SUJETS = [
    "Le conseil municipal",
    "Le service technique",
    "L'état civil",
    "La commission des marchés",
    "Le comité de quartier",
    "L'équipe de salubrité",
    "Le centre de santé",
    "L'école publique",
    "La régie des eaux",
    "Le syndicat des commerçants",
    "La police municipale",
    "Le bureau de la jeunesse",
]
ACTES = [
    "annonce l'ouverture",
    "a décidé la réfection",
    "prépare le calendrier",
    "informe les habitants",
    "a terminé les travaux",
    "organise une réunion publique",
    "rappelle les règles",
    "a adopté la délibération",
    "reporte l'inauguration",
    "lance un appel à candidatures",
    "publie le compte rendu",
    "remercie les volontaires",
]
OBJETS = [
    "du marché central",
    "de la route de l'hôpital",
    "du pont sur la rivière",
    "de la campagne de vaccination",
    "de l'éclairage public",
    "du forage communal",
    "de la bibliothèque municipale",
    "du stade omnisports",
    "de la gare routière",
    "du recensement des commerces",
    "des inscriptions scolaires",
    "de la collecte des déchets",
]
LIEUX = [
    "au quartier Mvog-Ada",
    "à Bonabéri",
    "au carrefour Obili",
    "près de la chefferie",
    "au village de Nkolandom",
    "derrière la sous-préfecture",
    "au camp SONEL",
    "sur l'axe lourd",
    "à l'entrée de la ville",
    "au bord du lac",
]
SUITES = [
    "Les riverains sont invités à laisser le passage libre.",
    "Les pièces à fournir sont affichées à l'accueil.",
    "Le paiement se fait à la caisse de la mairie, contre reçu.",
    "En cas de pluie, la séance est reportée au lendemain.",
    "Toute réclamation est reçue au guichet, aux heures ouvrables.",
    "Les travaux sont financés par le budget communal.",
    "La circulation reprendra dès la fin du chantier.",
    "Un procès-verbal sera dressé et publié.",
]
PROBLEMES = [
    "Nid-de-poule",
    "Lampadaire éteint",
    "Dépôt sauvage d'ordures",
    "Fuite d'eau",
    "Caniveau bouché",
    "Arbre tombé",
    "Câble électrique au sol",
    "Bruit la nuit",
    "Panneau arraché",
]
PRENOMS = ["Awa", "Brice", "Chantal", "Divine", "Emmanuel", "Fadimatou", "Guy", "Hadja", "Isaac"]
NOMS = ["Abena", "Bello", "Ewane", "Fotso", "Mbarga", "Ngono", "Njoya", "Oumarou", "Tabi", "Tchoua"]
# About two kilobytes with the tags.
PARAGRAPHES, PHRASES = 5, 4


def titre(n: int) -> str:
    """A title; the number makes it findable."""
    hasard = Random(n)  # noqa: S311 prose, not a secret
    return f"{hasard.choice(SUJETS)} {hasard.choice(ACTES)} {hasard.choice(OBJETS)} (n° {n})"


def personne(n: int) -> str:
    return f"{PRENOMS[n % len(PRENOMS)]} {NOMS[n % len(NOMS)]}"


def phrase(hasard: Random) -> str:
    debut = " ".join(hasard.choice(mots) for mots in (SUJETS, ACTES, OBJETS, LIEUX))
    return f"{debut}. {hasard.choice(SUITES)}"


def resume(n: int) -> str:
    return phrase(Random(n + 1))  # noqa: S311


def article(n: int) -> str:
    """The HTML of a news item or a page."""
    hasard = Random(n + 2)  # noqa: S311
    blocs = (" ".join(phrase(hasard) for _ in range(PHRASES)) for _ in range(PARAGRAPHES))
    return "".join(f"<p>{bloc}</p>" for bloc in blocs)


def pdf(n: int) -> bytes:
    """A PDF of one empty page; the number makes each another file."""
    objets = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    corps, positions = b"%%PDF-1.4\n%% charge %d\n" % n, []
    for numero, objet in enumerate(objets, start=1):
        positions.append(len(corps))
        corps += b"%d 0 obj\n%s\nendobj\n" % (numero, objet)
    table = b"".join(b"%010d 00000 n \n" % position for position in positions)
    return (
        corps
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objets) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objets) + 1)
        + b"startxref\n%d\n%%%%EOF\n" % len(corps)
    )
