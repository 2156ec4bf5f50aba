"use strict";

// The form builder, in six files that the admin loads in this order: noyau (elements, keys),
// conditions, proprietes, cartes, apercu, editeur. They share this one name. All text that comes
// from data is written as text, never as HTML.
window.constructeur = (() => {
  let compteur = 0;

  function element(nom, attributs = {}, ...enfants) {
    const noeud = document.createElement(nom);
    for (const [cle, valeur] of Object.entries(attributs)) {
      if (valeur === undefined || valeur === null || valeur === false) continue;
      if (cle.startsWith("on")) noeud.addEventListener(cle.slice(2), valeur);
      else if (cle === "value") noeud.value = valeur;
      else noeud.setAttribute(cle, valeur === true ? "" : valeur);
    }
    noeud.append(...enfants.filter((enfant) => enfant !== null && enfant !== undefined));
    return noeud;
  }

  const dire = (phrase, valeurs = {}) =>
    phrase.replace(/%\((\w+)\)s/g, (tout, nom) => String(valeurs[nom] ?? tout));

  const nouvelId = () => `ec-${++compteur}`;

  // A control under its label, and what helps to fill it.
  function champ(libelle, controle, { aide, classe = "" } = {}) {
    controle.id ||= nouvelId();
    const phrase = aide ? element("p", { class: "ec-aide", id: nouvelId() }, aide) : null;
    if (phrase) controle.setAttribute("aria-describedby", phrase.id);
    return element(
      "div",
      { class: `ec-champ ${classe}` },
      element("label", { for: controle.id }, libelle),
      controle,
      phrase,
    );
  }

  function saisie(classe, valeur, changer, attributs = {}) {
    const { lignes, ...autres } = attributs;
    const nom = lignes ? "textarea" : "input";
    return element(nom, {
      type: lignes ? null : "text",
      rows: lignes,
      class: classe,
      ...autres,
      value: valeur ?? "",
      oninput: (event) => changer(event.target.value),
    });
  }

  // A number, or nothing.
  function nombre(classe, valeur, changer, attributs = {}) {
    const lire = (texte) => changer(texte === "" ? undefined : Number(texte));
    return saisie(classe, valeur, lire, { type: "number", inputmode: "decimal", ...attributs });
  }

  function choix(classe, options, valeur, changer, attributs = {}) {
    const liste = element("select", {
      class: classe,
      ...attributs,
      onchange: (event) => changer(event.target.value),
    });
    for (const [code, libelle, cle] of options) {
      liste.append(element("option", { value: code, "data-cle": cle }, libelle));
    }
    liste.value = valeur;
    return liste;
  }

  function case_(libelle, cochee, changer) {
    const controle = element("input", {
      type: "checkbox",
      id: nouvelId(),
      onchange: (event) => changer(event.target.checked),
    });
    controle.checked = Boolean(cochee);
    return element(
      "div",
      { class: "ec-case" },
      controle,
      element("label", { for: controle.id }, libelle),
    );
  }

  function bouton(libelle, agir, attributs = {}) {
    return element("button", { type: "button", onclick: agir, ...attributs }, libelle);
  }

  // Of the font of icons that the admin has.
  function icone(nom) {
    return element("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, nom);
  }

  // What is written, and nothing where nothing is.
  function poser(objet, nom, valeur) {
    if (valeur === undefined || valeur === "") delete objet[nom];
    else objet[nom] = valeur;
  }

  // Words in two languages: French stays even when it is empty, for the server to ask for it.
  function poserTexte(objet, nom, langue, valeur, { garder }) {
    const textes = estObjet(objet[nom]) ? objet[nom] : {};
    if (valeur || (garder && langue === "fr")) textes[langue] = valeur;
    else delete textes[langue];
    if (garder || Object.keys(textes).length) objet[nom] = textes;
    else delete objet[nom];
  }

  const estObjet = (valeur) =>
    typeof valeur === "object" && valeur !== null && !Array.isArray(valeur);

  function lire(objet, nom, langue) {
    const texte = estObjet(objet[nom]) ? objet[nom][langue] : "";
    return typeof texte === "string" ? texte : "";
  }

  // In the language of the page, in French where nobody has translated it.
  function libelle(objet, nom = "libelle") {
    const langue = document.documentElement.lang.slice(0, 2);
    return lire(objet, nom, langue) || lire(objet, nom, "fr");
  }

  // An ASCII word made of a label: "Né(e) à l'étranger ?" is "ne_e_a_l_etranger".
  function motDe(texte, sinon) {
    const mot = texte
      .toLowerCase()
      .replaceAll("œ", "oe")
      .replaceAll("æ", "ae")
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[^a-z0-9]+/g, "_")
      .slice(0, 40)
      .replace(/^_+|_+$/g, "");
    if (!mot) return sinon;
    return /^[a-z]/.test(mot) ? mot : `${sinon}_${mot}`;
  }

  function unique(mot, pris) {
    let libre = mot;
    for (let rang = 2; pris.has(libre); rang += 1) libre = `${mot}_${rang}`;
    return libre;
  }

  return {
    element, dire, nouvelId, champ, saisie, nombre, choix, case_, bouton, icone, poser, poserTexte,
    estObjet, lire, libelle, motDe, unique,
    // Those of the page: a paper's key must not be a question's.
    editeurs: [],
  };
})();
