"use strict";

// A question or a paper as a card: closed it is a line, open it is filled.
(() => {
  const c = window.constructeur;

  function titre(editeur, item) {
    const { mots } = editeur.schema;
    const libelle = c.libelle(item) || mots.sans_libelle;
    return c.dire(mots.element_nomme, { rang: editeur.rang(item), libelle });
  }

  function resume(editeur, item) {
    const { mots, nature } = editeur.schema;
    if (nature === "piece") {
      return [
        item.obligatoire ? mots.obligatoire.toLowerCase() : mots.piece_facultative,
        item.en_ligne ? mots.resume_en_ligne : mots.au_guichet,
      ].join(" · ");
    }
    const type = editeur.type(item);
    const dit = [type?.libelle ?? String(item.type)];
    if (item.obligatoire) dit.push(mots.obligatoire.toLowerCase());
    if ("obligatoire_si" in item) dit.push(mots.resume_obligatoire_si);
    if ("afficher_si" in item) dit.push(mots.resume_condition);
    return dit.join(" · ");
  }

  function motsDeLaCarte(editeur, item) {
    const { mots, controle, libelle_au_plus: libelleAuPlus } = editeur.schema;
    const aideAuPlus = editeur.type(item)?.aide_au_plus ?? editeur.schema.aide_au_plus;
    const ecrit = (nom, langue, garder) => (texte) => {
      c.poserTexte(item, nom, langue, texte, { garder });
      if (nom === "libelle" && langue === "fr") editeur.suivreLibelle(item);
      if (nom === "libelle") editeur.renommerDansLaPage(item);
      editeur.noter();
    };
    const zone = (nom, langue, garder, attributs) =>
      c.saisie(controle, c.lire(item, nom, langue), ecrit(nom, langue, garder), {
        "data-role": `${nom}_${langue}`,
        ...attributs,
      });
    const facultatif = (libelle) => `${libelle} (${mots.facultatif})`;
    const court = { maxlength: libelleAuPlus };
    const long = { lignes: 2, maxlength: aideAuPlus };
    return [
      c.champ(mots.libelle_fr, zone("libelle", "fr", true, court)),
      c.champ(facultatif(mots.libelle_en), zone("libelle", "en", true, court)),
      c.champ(facultatif(mots.aide_fr), zone("aide", "fr", false, long)),
      c.champ(facultatif(mots.aide_en), zone("aide", "en", false, long)),
    ];
  }

  // A choice of which one opens the editor of a condition.
  function sous(editeur, item, { libelle, options, choisi, condition, role, poser }) {
    const { controle } = editeur.schema;
    const place = c.element("div", {});
    const montrer = () =>
      place.replaceChildren(
        condition in item || liste.value === condition
          ? c.editeurDeCondition(editeur, item, condition, () => {
              liste.value = options[0][0];
              place.replaceChildren();
              liste.focus();
            })
          : "",
      );
    const liste = c.choix(
      controle,
      options,
      choisi,
      (valeur) => {
        poser(valeur);
        editeur.noter();
        montrer();
      },
      { "data-role": role },
    );
    montrer();
    return [c.champ(libelle, liste, { classe: "ec-court" }), place];
  }

  function obligation(editeur, item) {
    const { mots } = editeur.schema;
    if (!editeur.type(item)?.obligation) return [];
    const choisi = "obligatoire_si" in item ? "obligatoire_si" : item.obligatoire ? "oui" : "non";
    return sous(editeur, item, {
      libelle: mots.obligation,
      options: [
        ["non", mots.facultative],
        ["oui", mots.obligatoire],
        ["obligatoire_si", mots.obligatoire_si],
      ],
      choisi,
      condition: "obligatoire_si",
      role: "obligation",
      poser: (valeur) => {
        c.poser(item, "obligatoire", valeur === "oui" ? true : undefined);
        if (valeur !== "obligatoire_si") delete item.obligatoire_si;
      },
    });
  }

  function affichage(editeur, item) {
    const { mots } = editeur.schema;
    return sous(editeur, item, {
      libelle: mots.affichage,
      options: [["toujours", mots.toujours], ["afficher_si", mots.afficher_si]],
      choisi: "afficher_si" in item ? "afficher_si" : "toujours",
      condition: "afficher_si",
      role: "affichage",
      poser: (valeur) => {
        if (valeur !== "afficher_si") delete item.afficher_si;
      },
    });
  }

  function avance(editeur, item) {
    const { mots, controle } = editeur.schema;
    const changer = (texte) => {
      editeur.etat(item).nouvelle = false;
      editeur.renommerCle(item, texte);
      editeur.noter();
    };
    const connue = editeur.schema.existantes.includes(item.cle);
    const aide = connue ? `${mots.cle_aide} ${mots.cle_existante}` : mots.cle_aide;
    const cle = c.saisie(controle, item.cle, changer, {
      maxlength: 50,
      spellcheck: "false",
      autocapitalize: "none",
      "data-role": "cle",
    });
    const details = c.element("details", {}, c.element("summary", {}, mots.avance));
    details.append(c.champ(mots.cle, cle, { aide, classe: "ec-court" }));
    return details;
  }

  function corpsDeQuestion(editeur, item) {
    const { mots, controle } = editeur.schema;
    const changer = (nom) => {
      c.changerDeType(editeur, item, nom);
      editeur.noter();
      editeur.dessiner({ item, role: "type" });
    };
    const types = editeur.typesPermis(item).map(({ nom, libelle }) => [nom, libelle]);
    if (!editeur.type(item)) types.unshift([String(item.type), String(item.type)]);
    const type = c.choix(controle, types, item.type, changer, { "data-role": "type" });
    return [
      c.champ(mots.type, type),
      ...motsDeLaCarte(editeur, item),
      ...obligation(editeur, item),
      ...c.proprietes(editeur, item),
      ...affichage(editeur, item),
      avance(editeur, item),
    ];
  }

  function corpsDePiece(editeur, item) {
    const { mots } = editeur.schema;
    const coche = (nom) => (cochee) => {
      item[nom] = cochee;
      editeur.noter();
    };
    return [
      ...motsDeLaCarte(editeur, item),
      c.case_(mots.piece_obligatoire, item.obligatoire, coche("obligatoire")),
      c.case_(mots.en_ligne, item.en_ligne, coche("en_ligne")),
      avance(editeur, item),
    ];
  }

  function gestes(editeur, liste, item) {
    const { mots } = editeur.schema;
    const rang = liste.indexOf(item);
    const geste = (role, signe, agir, empeche) =>
      c.bouton(signe, agir, {
        "aria-label": `${mots[role]} : ${titre(editeur, item)}`,
        title: mots[role],
        class: "ec-petit",
        "data-role": role,
        disabled: empeche,
      });
    return c.element(
      "div",
      { class: "ec-gestes" },
      geste("monter", "↑", () => editeur.deplacer(liste, item, -1), rang === 0),
      geste("descendre", "↓", () => editeur.deplacer(liste, item, 1), rang === liste.length - 1),
      geste("dupliquer", c.icone("content_copy"), () => editeur.dupliquer(liste, item), editeur.estPlein()),
      geste("supprimer", "×", () => editeur.supprimer(liste, item)),
    );
  }

  function carte(editeur, liste, item) {
    const etat = editeur.etat(item);
    const corps = c.element("div", { class: "ec-corps", id: c.nouvelId() });
    const ligne = c.element("p", { class: "ec-resume" });
    const bascule = c.bouton("", () => montrer(!etat.ouverte), {
      class: "ec-bascule",
      "aria-controls": corps.id,
      "data-role": "bascule",
    });
    const noeud = c.element(
      "fieldset",
      { class: `ec-carte${etat.erreurs?.length ? " ec-faute" : ""}`, "data-cle": item.cle },
      c.element("legend", {}, bascule),
      gestes(editeur, liste, item),
      ligne,
      ...(etat.erreurs ?? []).map((dit) => c.element("p", { class: "ec-erreur" }, dit)),
      corps,
    );

    function relire() {
      bascule.textContent = titre(editeur, item);
      ligne.textContent = resume(editeur, item);
    }

    function montrer(ouverte) {
      etat.ouverte = ouverte;
      bascule.setAttribute("aria-expanded", String(ouverte));
      corps.hidden = !ouverte;
      const construire =
        editeur.schema.nature === "piece" ? corpsDePiece : corpsDeQuestion;
      corps.replaceChildren(...(ouverte ? construire(editeur, item) : []));
      relire();
    }

    etat.noeud = noeud;
    etat.relire = relire;
    montrer(Boolean(etat.ouverte));
    return noeud;
  }

  function ajout(editeur, liste, groupe) {
    const { mots, controle, nature } = editeur.schema;
    const ajouter = c.bouton(`+ ${mots.ajouter}`, () => editeur.ajouter(liste, type?.value), {
      class: "ec-principal",
      "data-geste": "ajouter",
      disabled: editeur.estPlein(),
    });
    let type = null;
    if (nature === "question") {
      const types = editeur.types(Boolean(groupe)).map(({ nom, libelle }) => [nom, libelle]);
      type = c.choix(controle, types, "texte", () => {}, {
        "aria-label": mots.type_nouveau,
        "data-geste": "type",
      });
    }
    const plein = editeur.estPlein()
      ? c.element("p", {}, c.dire(mots.trop, { nombre: editeur.schema.au_plus }))
      : null;
    return c.element("div", { class: "ec-ajout" }, type, ajouter, plein);
  }

  // The cards of `liste`, those of a group where there is one, and how to add to them.
  function listeDeCartes(editeur, liste, groupe = null) {
    const { mots } = editeur.schema;
    const hote = c.element("div", { class: "ec-liste" });
    hote.append(...liste.map((item) => carte(editeur, liste, item)));
    if (!liste.length) hote.append(c.element("p", { class: "ec-aide" }, mots.aucun));
    hote.append(ajout(editeur, liste, groupe));
    return hote;
  }

  Object.assign(c, { listeDeCartes });
})();
