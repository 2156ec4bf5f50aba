"use strict";

// What a question of each type has beyond its words: limits, proposed answers, sub-questions.
(() => {
  const c = window.constructeur;

  function aideDe(mots, propriete) {
    const { min, max, defaut } = propriete;
    const dit = [];
    if (max !== undefined && max < 1e6) dit.push(c.dire(mots.entre, { min, max }));
    if (defaut !== undefined) dit.push(c.dire(mots.defaut, { valeur: defaut }));
    return dit.join(" ");
  }

  function unNombre(editeur, item, propriete) {
    const { mots, controle } = editeur.schema;
    const changer = (valeur) => {
      c.poser(item, propriete.nom, valeur);
      editeur.noter();
    };
    const limites = { min: propriete.min, max: propriete.max };
    const pas = propriete.genre === "nombre" ? { step: "any" } : { step: 1, inputmode: "numeric" };
    const attributs = { ...limites, ...pas, "data-propriete": propriete.nom };
    const saisie = c.nombre(controle, item[propriete.nom], changer, attributs);
    return c.champ(propriete.libelle, saisie, { aide: aideDe(mots, propriete), classe: "ec-court" });
  }

  const AUJOURD_HUI = "aujourd_hui";

  function uneDate(editeur, item, { nom, libelle }) {
    const { mots, controle } = editeur.schema;
    const noter = (valeur) => {
      c.poser(item, nom, valeur);
      editeur.noter();
    };
    const choisi = item[nom] === undefined ? "" : item[nom] === AUJOURD_HUI ? AUJOURD_HUI : "date";
    const jour = c.saisie(controle, choisi === "date" ? item[nom] : "", noter, {
      type: "date",
      "data-propriete": `${nom}-date`,
    });
    const precise = c.champ(c.dire(mots.date_precise, { nom: libelle }), jour, { classe: "ec-court" });
    const options = [
      ["", mots.sans_limite],
      [AUJOURD_HUI, mots.aujourd_hui],
      ["date", mots.une_date],
    ];
    const changer = (valeur) => {
      precise.hidden = valeur !== "date";
      noter(valeur === "date" ? jour.value : valeur);
    };
    precise.hidden = choisi !== "date";
    const liste = c.choix(controle, options, choisi, changer, { "data-propriete": nom });
    return c.element("div", { class: "ec-paire" }, c.champ(libelle, liste, { classe: "ec-court" }), precise);
  }

  // A value that nobody typed follows the label, as long as no answer can have it.
  function suivreLibelle(editeur, item, option) {
    if (!editeur.etat(option).nouvelle) return;
    const pris = new Set(item.options.filter((each) => each !== option).map((each) => each?.valeur));
    option.valeur = c.unique(c.motDe(c.lire(option, "libelle", "fr"), "reponse"), pris);
  }

  function uneOption(editeur, item, option, rang, redessiner) {
    const { mots, controle, valeur_au_plus: auPlus } = editeur.schema;
    const valeur = c.saisie(
      controle,
      option.valeur,
      (texte) => {
        option.valeur = texte;
        editeur.etat(option).nouvelle = false;
        editeur.noter();
      },
      { maxlength: auPlus, "data-role": "valeur" },
    );
    const dans = (langue) =>
      c.saisie(
        controle,
        c.lire(option, "libelle", langue),
        (texte) => {
          c.poserTexte(option, "libelle", langue, texte, { garder: true });
          if (langue === "fr") suivreLibelle(editeur, item, option);
          valeur.value = option.valeur;
          editeur.noter();
        },
        { maxlength: auPlus * 3, "data-role": langue },
      );
    const deplacer = (pas) => {
      item.options.splice(rang - 1, 1);
      item.options.splice(rang - 1 + pas, 0, option);
      editeur.noter();
      redessiner(rang - 1 + pas, pas < 0 ? "monter" : "descendre");
    };
    const geste = (signe, mot, agir, role, empeche) =>
      c.bouton(signe, agir, {
        "aria-label": c.dire(mots[mot], { rang }),
        class: "ec-petit",
        "data-role": role,
        disabled: empeche,
      });
    return c.element(
      "div",
      { class: "ec-option", role: "group", "aria-label": c.dire(mots.option, { rang }) },
      c.champ(mots.option_fr, dans("fr")),
      c.champ(`${mots.option_en} (${mots.facultatif})`, dans("en")),
      c.champ(mots.option_valeur, valeur),
      c.element(
        "div",
        { class: "ec-gestes" },
        geste("↑", "option_monter", () => deplacer(-1), "monter", rang === 1),
        geste("↓", "option_descendre", () => deplacer(1), "descendre", rang === item.options.length),
        geste("×", "option_retirer", () => {
          item.options.splice(rang - 1, 1);
          editeur.noter();
          redessiner();
        }, "retirer"),
      ),
    );
  }

  function nouvelleOption(editeur, item) {
    const option = { valeur: "", libelle: { fr: "" } };
    editeur.etat(option).nouvelle = true;
    item.options.push(option);
    suivreLibelle(editeur, item, option);
  }

  function desOptions(editeur, item, { libelle }) {
    const { mots, options_au_plus: auPlus } = editeur.schema;
    const hote = c.element("fieldset", { class: "ec-options" });
    if (!Array.isArray(item.options)) item.options = [];
    while (item.options.length < 1) nouvelleOption(editeur, item);

    function dessiner(rang, role) {
      const lignes = item.options
        .filter(c.estObjet)
        .map((option, place) => uneOption(editeur, item, option, place + 1, dessiner));
      const ajouter = c.bouton(`+ ${mots.option_ajouter}`, () => {
        nouvelleOption(editeur, item);
        editeur.noter();
        dessiner(item.options.length - 1, "fr");
      }, { disabled: item.options.length >= auPlus, "data-geste": "option" });
      hote.replaceChildren(
        c.element("legend", {}, libelle),
        c.element("div", { class: "ec-liste-options" }, ...lignes),
        ajouter,
      );
      if (role) {
        const vise = lignes[rang].querySelector(`[data-role=${role}]`);
        (vise.disabled ? lignes[rang].querySelector("[data-role=fr]") : vise).focus();
      } else if (rang === undefined && hote.isConnected) ajouter.focus();
    }

    dessiner();
    return hote;
  }

  function desQuestions(editeur, item, { libelle }) {
    if (!Array.isArray(item.champs)) item.champs = [];
    const hote = c.element("fieldset", { class: "ec-groupe" }, c.element("legend", {}, libelle));
    hote.append(c.listeDeCartes(editeur, item.champs, item));
    return hote;
  }

  const GENRES = {
    entier: unNombre,
    nombre: unNombre,
    date: uneDate,
    options: desOptions,
    champs: desQuestions,
  };

  // The controls of the properties of a question, those of its type and no others.
  function proprietes(editeur, item) {
    const type = editeur.type(item);
    return (type?.proprietes ?? []).map((propriete) =>
      GENRES[propriete.genre](editeur, item, propriete),
    );
  }

  // Another type: what it does not have is set aside, to come back with the first one.
  function changerDeType(editeur, item, nom) {
    const garde = (editeur.etat(item).misesDeCote ??= {});
    const noms = (type) => [
      ...(type?.proprietes ?? []).map((each) => each.nom),
      ...(type?.obligation ? ["obligatoire", "obligatoire_si"] : []),
      ...(type?.nom === "declaration" ? ["obligatoire"] : []),
    ];
    const genres = (type) =>
      Object.fromEntries((type?.proprietes ?? []).map((each) => [each.nom, each.genre]));
    const avant = editeur.type(item);
    item.type = nom;
    const apres = editeur.type(item);
    garde[avant?.nom ?? ""] = {};
    for (const propre of noms(avant)) {
      const commune = noms(apres).includes(propre) && genres(avant)[propre] === genres(apres)[propre];
      if (commune || !(propre in item)) continue;
      garde[avant.nom][propre] = item[propre];
      delete item[propre];
    }
    for (const propre of noms(apres)) {
      if (!(propre in item) && propre in (garde[nom] ?? {})) item[propre] = garde[nom][propre];
    }
    if (nom === "declaration") item.obligatoire = true;
  }

  Object.assign(c, { proprietes, changerDeType });
})();
