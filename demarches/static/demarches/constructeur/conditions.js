"use strict";

// "Affichée si", "obligatoire si": comparisons with the answers that come before, all of them or
// one of them. What is nested deeper is shown as a sentence and kept as it is.
(() => {
  const c = window.constructeur;
  const ENSEMBLES = ["tous", "un"];
  const COMPARAISONS = ["egal", "different", "parmi"];

  function operateurDe(comparaison) {
    if ("rempli" in comparaison) return comparaison.rempli ? "rempli" : "vide";
    return COMPARAISONS.find((nom) => nom in comparaison);
  }

  const estSimple = (condition) =>
    c.estObjet(condition) &&
    typeof condition.champ === "string" &&
    Object.keys(condition).length === 2 &&
    operateurDe(condition) !== undefined;

  // {ensemble, lignes} of what the rows of the editor can show, else null.
  function lignesDe(condition) {
    if (estSimple(condition)) return { ensemble: "tous", lignes: [condition] };
    const ensemble = c.estObjet(condition) && ENSEMBLES.find((nom) => nom in condition);
    const plate =
      ensemble &&
      Object.keys(condition).length === 1 &&
      Array.isArray(condition[ensemble]) &&
      condition[ensemble].every(estSimple);
    return plate ? { ensemble, lignes: [...condition[ensemble]] } : null;
  }

  const motsDe = (conditions, question) =>
    question?.type === "choix_multiple"
      ? { ...conditions.operateurs, ...conditions.multiples }
      : conditions.operateurs;

  function valeurLisible(mots, question, valeur) {
    if (Array.isArray(valeur)) {
      return valeur.map((each) => valeurLisible(mots, question, each)).join(", ");
    }
    if (typeof valeur === "boolean") return valeur ? mots.oui : mots.non;
    const option = question?.options?.find?.((each) => each?.valeur === valeur);
    return (option && c.libelle(option)) || String(valeur);
  }

  // The condition as a sentence.
  function phrase(editeur, condition, dedans = false) {
    const { mots, conditions } = editeur.schema;
    const ensemble = c.estObjet(condition) && ENSEMBLES.find((nom) => nom in condition);
    if (ensemble && Array.isArray(condition[ensemble])) {
      const lien = ` ${ensemble === "tous" ? mots.et : mots.ou} `;
      const dite = condition[ensemble].map((each) => phrase(editeur, each, true)).join(lien);
      return dedans ? `(${dite})` : dite;
    }
    if (!estSimple(condition)) return JSON.stringify(condition);
    const question = editeur.questions().find((each) => each.cle === condition.champ);
    const operateur = operateurDe(condition);
    const nom = (question && c.libelle(question)) || condition.champ;
    const dit = `« ${nom} » ${motsDe(conditions, question)[operateur]}`;
    if (operateur === "rempli" || operateur === "vide") return dit;
    return `${dit} « ${valeurLisible(mots, question, condition[operateur])} »`;
  }

  function operateursDe(conditions, question, present) {
    const offerts = ["rempli", "vide"];
    if (question && !conditions.seulement_rempli.includes(question.type)) {
      const deuxValeurs = ["booleen", "declaration"].includes(question.type);
      offerts.unshift("egal", "different", ...(deuxValeurs ? [] : ["parmi"]));
    }
    return offerts.includes(present) ? offerts : [present, ...offerts];
  }

  function valeurInitiale(question) {
    switch (question?.type) {
      case "choix":
      case "choix_multiple":
        return question.options?.[0]?.valeur ?? "";
      case "booleen":
      case "declaration":
        return true;
      case "entier":
      case "nombre":
        return 0;
      default:
        return "";
    }
  }

  // `comparaison` is written anew, in place: the object keeps its place in the list.
  function ecrire(comparaison, cle, operateur, valeur) {
    for (const nom of Object.keys(comparaison)) delete comparaison[nom];
    comparaison.champ = cle;
    if (operateur === "rempli" || operateur === "vide") comparaison.rempli = operateur === "rempli";
    else comparaison[operateur] = valeur;
  }

  function initiale(question, operateur) {
    const valeur = valeurInitiale(question);
    return operateur === "parmi" ? [valeur] : valeur;
  }

  const TYPES_DE_SAISIE = { entier: "number", nombre: "number", date: "date", heure: "time" };
  const lue = (question, texte) =>
    TYPES_DE_SAISIE[question?.type] === "number" && texte !== "" && !Number.isNaN(Number(texte))
      ? Number(texte)
      : texte;

  function controleDeValeur(editeur, question, comparaison, operateur, changer) {
    const { mots, controle } = editeur.schema;
    const valeur = comparaison[operateur];
    const options = (question?.options ?? []).map((each) => [each.valeur, c.libelle(each)]);
    if (operateur === "parmi" && options.length) {
      const cases = options.map(([code, libelle]) =>
        c.case_(libelle || code, valeur.includes(code), (cochee) => {
          const autres = comparaison.parmi.filter((each) => each !== code);
          changer(cochee ? [...autres, code] : autres);
        }),
      );
      return c.element(
        "div",
        { class: "ec-champ", role: "group", "aria-label": mots.condition_valeur },
        ...cases,
      );
    }
    if (operateur === "parmi") {
      const ecrites = (texte) =>
        changer(texte.split("\n").map((each) => lue(question, each.trim())).filter((v) => v !== ""));
      const zone = c.saisie(controle, valeur.join("\n"), ecrites, { lignes: 3 });
      return c.champ(mots.condition_valeurs, zone);
    }
    if (options.length) {
      const connue = options.some(([code]) => code === valeur);
      const toutes = connue ? options : [[String(valeur), String(valeur)], ...options];
      return c.champ(mots.condition_valeur, c.choix(controle, toutes, String(valeur), changer));
    }
    if (typeof valeur === "boolean" || ["booleen", "declaration"].includes(question?.type)) {
      const deux = [["true", mots.oui], ["false", mots.non]];
      const vrai = (texte) => changer(texte === "true");
      return c.champ(mots.condition_valeur, c.choix(controle, deux, String(valeur), vrai));
    }
    const type = TYPES_DE_SAISIE[question?.type] ?? "text";
    const attributs = { type, ...(type === "number" ? { step: "any" } : {}) };
    const ecrite = (texte) => changer(lue(question, texte));
    return c.champ(mots.condition_valeur, c.saisie(controle, valeur, ecrite, attributs));
  }

  function ligne(editeur, precedents, comparaison, { redessiner, retirer }) {
    const { mots, conditions, controle } = editeur.schema;
    const question = precedents.find((each) => each.cle === comparaison.champ);
    const operateur = operateurDe(comparaison);
    const options = precedents.map((each) => [each.cle, c.libelle(each) || each.cle, each.cle]);
    if (!question) {
      options.unshift([comparaison.champ, c.dire(mots.absente, { cle: comparaison.champ })]);
    }
    const noms = motsDe(conditions, question);
    const operateurs = operateursDe(conditions, question, operateur).map((nom) => [nom, noms[nom]]);
    const changerQuestion = (cle) => {
      const choisie = precedents.find((each) => each.cle === cle);
      const [premier] = operateursDe(conditions, choisie, "rempli");
      ecrire(comparaison, cle, premier, initiale(choisie, premier));
      redessiner("question");
    };
    const changerOperateur = (nom) => {
      ecrire(comparaison, comparaison.champ, nom, initiale(question, nom));
      redessiner("operateur");
    };
    const changerValeur = (valeur) => {
      comparaison[operateur] = valeur;
      editeur.noter();
    };
    return c.element(
      "div",
      { class: "ec-condition" },
      c.champ(
        mots.condition_question,
        c.choix(controle, options, comparaison.champ, changerQuestion, { "data-role": "question" }),
      ),
      c.champ(
        mots.condition_operateur,
        c.choix(controle, operateurs, operateur, changerOperateur, { "data-role": "operateur" }),
      ),
      operateur === "rempli" || operateur === "vide"
        ? null
        : controleDeValeur(editeur, question, comparaison, operateur, changerValeur),
      c.bouton("×", retirer, { "aria-label": mots.condition_retirer, class: "ec-petit" }),
    );
  }

  // The rows of `item[nom]`; `absente` is called once the last of them is gone.
  function editeurDeCondition(editeur, item, nom, absente) {
    const { mots, conditions, controle } = editeur.schema;
    const titre = nom === "afficher_si" ? mots.condition_affichage : mots.condition_obligation;
    const hote = c.element("div", { class: "ec-conditions", role: "group", "aria-label": titre });
    const precedents = editeur
      .precedents(item)
      .filter((each) => !conditions.sans_reponse.includes(each.type));

    function poser(ensemble, lignes) {
      if (!lignes.length) delete item[nom];
      else item[nom] = lignes.length === 1 ? lignes[0] : { [ensemble]: lignes };
      editeur.noter();
      if (lignes.length) dessiner();
      else absente();
    }

    function nouvelle() {
      const question = precedents.at(-1);
      const comparaison = {};
      const [premier] = operateursDe(conditions, question, "rempli");
      ecrire(comparaison, question.cle, premier, initiale(question, premier));
      return comparaison;
    }

    function compose() {
      const simplifier = () => poser("tous", precedents.length ? [nouvelle()] : []);
      hote.replaceChildren(
        c.element("p", {}, `${mots.condition_composee} ${phrase(editeur, item[nom])}`),
        c.bouton(mots.condition_remplacer, simplifier),
      );
    }

    function dessiner(rang, role) {
      const { ensemble, lignes } = lignesDe(item[nom]);
      const rangees = lignes.map((comparaison, place) =>
        ligne(editeur, precedents, comparaison, {
          redessiner: (nouveauRole) => {
            editeur.noter();
            dessiner(place, nouveauRole);
          },
          retirer: () => poser(ensemble, lignes.filter((each) => each !== comparaison)),
        }),
      );
      const lien = ENSEMBLES.map((each) => [each, mots[`condition_${each}`]]);
      hote.replaceChildren(
        c.element("p", { class: "ec-titre" }, titre),
        lignes.length > 1
          ? c.champ(
              mots.condition_ensemble,
              c.choix(controle, lien, ensemble, (choisi) => poser(choisi, lignes)),
            )
          : "",
        ...rangees,
        precedents.length && lignes.length < conditions.au_plus
          ? c.bouton(`+ ${mots.condition_ajouter}`, () => poser(ensemble, [...lignes, nouvelle()]))
          : "",
      );
      if (rang !== undefined) rangees[rang].querySelector(`[data-role=${role}]`).focus();
    }

    if (!(nom in item) && precedents.length) {
      item[nom] = nouvelle();
      editeur.noter();
    }
    if (!(nom in item)) hote.append(c.element("p", {}, mots.condition_impossible));
    else if (lignesDe(item[nom])) dessiner();
    else compose();
    return hote;
  }

  // Whoever is meant by `ancienne` is meant by `nouvelle` from now on.
  function renommer(condition, ancienne, nouvelle) {
    if (!c.estObjet(condition)) return;
    if (condition.champ === ancienne) condition.champ = nouvelle;
    for (const ensemble of ENSEMBLES) {
      const dedans = Array.isArray(condition[ensemble]) ? condition[ensemble] : [];
      dedans.forEach((each) => renommer(each, ancienne, nouvelle));
    }
  }

  Object.assign(c, { editeurDeCondition, phrase, renommer });
})();
