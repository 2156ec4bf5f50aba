"use strict";

// The questions as a citizen will meet them: looked at, not answered.
(() => {
  const c = window.constructeur;
  const SAISIES = {
    texte: "text",
    nombre: "number",
    entier: "number",
    date: "date",
    heure: "time",
    email: "email",
    telephone: "tel",
  };

  const options = (item) => (Array.isArray(item.options) ? item.options.filter(c.estObjet) : []);

  function cases(item, type) {
    return c.element(
      "div",
      {},
      ...options(item).map((option) => {
        const coche = c.element("input", { type, disabled: true, id: c.nouvelId() });
        const libelle = c.element("label", { for: coche.id }, c.libelle(option));
        return c.element("div", { class: "ec-case" }, coche, libelle);
      }),
    );
  }

  function liste(editeur, item) {
    const { mots, controle } = editeur.schema;
    const vide = c.element("option", {}, mots.apercu_choisir);
    const toutes = options(item).map((option) => c.element("option", {}, c.libelle(option)));
    return c.element("select", { class: controle, disabled: true }, vide, ...toutes);
  }

  function controleDe(editeur, item) {
    const { mots, controle } = editeur.schema;
    switch (item.type) {
      case "texte_long":
        return c.element("textarea", { rows: 3, disabled: true, class: controle });
      case "choix":
        return liste(editeur, item);
      case "choix_multiple":
        return cases(item, "checkbox");
      case "booleen": {
        const deux = [mots.oui, mots.non].map((mot) => ({ libelle: { fr: mot } }));
        return cases({ options: deux }, "radio");
      }
      case "fichier":
      case "photo":
        return c.element("p", { class: "ec-aide" }, mots.apercu_fichier);
      case "point":
        return c.element("p", { class: "ec-aide" }, mots.apercu_carte);
      default:
        return c.element("input", {
          type: SAISIES[item.type] ?? "text",
          disabled: true,
          class: controle,
        });
    }
  }

  function question(editeur, item) {
    const { mots } = editeur.schema;
    const aide = c.libelle(item, "aide");
    const dit = [aide ? c.element("p", { class: "ec-aide" }, aide) : null];
    if ("afficher_si" in item) {
      const condition = c.phrase(editeur, item.afficher_si);
      const si = c.dire(mots.apercu_condition, { condition });
      dit.push(c.element("p", { class: "ec-aide ec-si" }, si));
    }
    const libelle = `${c.libelle(item) || mots.sans_libelle}${item.obligatoire ? " *" : ""}`;
    if (item.type === "information") {
      return c.element("div", { class: "ec-champ" }, c.element("strong", {}, libelle), ...dit);
    }
    if (item.type === "groupe") {
      const dedans = Array.isArray(item.champs) ? item.champs : [];
      return c.element(
        "fieldset",
        { class: "ec-groupe" },
        c.element("legend", {}, libelle),
        ...dit,
        ...dedans.map((each) => question(editeur, each)),
      );
    }
    if (item.type === "declaration") {
      return c.element("div", { class: "ec-champ" }, cases({ options: [{ libelle: { fr: libelle } }] }, "checkbox"), ...dit);
    }
    const controle = controleDe(editeur, item);
    if (controle.matches("input, select, textarea")) {
      const champ = c.champ(libelle, controle);
      champ.append(...dit.filter(Boolean));
      return champ;
    }
    const titre = c.element("p", { class: "ec-titre" }, libelle);
    return c.element("div", { class: "ec-champ" }, titre, controle, ...dit);
  }

  // {noeud, relire}: folded away until it is asked for.
  function apercu(editeur) {
    const feuille = c.element("div", { class: "ec-feuille" });
    const titre = c.element("summary", {}, editeur.schema.mots.apercu);
    const noeud = c.element("details", { class: "ec-apercu" }, titre, feuille);
    const relire = () => {
      const questions = noeud.open ? editeur.liste.map((each) => question(editeur, each)) : [];
      feuille.replaceChildren(...questions);
    };
    noeud.addEventListener("toggle", relire);
    return { noeud, relire };
  }

  Object.assign(c, { apercu });
})();
