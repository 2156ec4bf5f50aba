"use strict";

// Keeps a textarea and its cards in step: the textarea alone is sent.
(() => {
  const c = window.constructeur;

  // Whether the cards can show it: a list of objects, and so are the lists in them.
  const estLisible = (liste) =>
    Array.isArray(liste) &&
    liste.every(
      (item) =>
        c.estObjet(item) &&
        (!("champs" in item) || estLisible(item.champs)) &&
        (!("options" in item) || (Array.isArray(item.options) && item.options.every(c.estObjet))),
    );

  function lireTexte(texte) {
    try {
      const liste = JSON.parse(texte.trim() || "[]") ?? [];
      // An empty object is no question at all, as for the server.
      return c.estObjet(liste) && !Object.keys(liste).length ? [] : liste;
    } catch {
      return undefined;
    }
  }

  class Editeur {
    constructor(zone, schema, liste) {
      Object.assign(this, { zone, schema, liste, etats: new WeakMap() });
      this.hote = c.element("div", { class: "ec-hote" });
      this.annonce = c.element("p", { role: "status", class: "ec-annonce" });
      this.retablir = c.bouton(schema.mots.retablir, () => this.remettre(), {
        hidden: true,
        "data-geste": "retablir",
      });
      this.apercu = schema.nature === "question" ? c.apercu(this) : null;
      this.recevoirErreurs();
    }

    // What is known of an object beyond what is sent.
    etat(item) {
      if (!this.etats.has(item)) this.etats.set(item, {});
      return this.etats.get(item);
    }

    recevoirErreurs() {
      for (const [rang, dites] of Object.entries(this.schema.erreurs)) {
        const [premier, second] = rang.split(".").map((each) => Number(each) - 1);
        const groupe = this.liste[premier];
        const item = second === undefined ? groupe : groupe?.champs?.[second];
        if (!item) continue;
        Object.assign(this.etat(item), { erreurs: dites, ouverte: true });
        this.etat(groupe).ouverte = true;
      }
    }

    questions() {
      return this.liste.flatMap((item) => [item, ...(item.champs ?? [])]);
    }

    groupeDe(item) {
      return this.liste.find((each) => each.champs?.includes(item));
    }

    // "3", or "3.2" in a group.
    rang(item) {
      const groupe = this.groupeDe(item);
      if (!groupe) return String(this.liste.indexOf(item) + 1);
      return `${this.liste.indexOf(groupe) + 1}.${groupe.champs.indexOf(item) + 1}`;
    }

    // Those whose answers a condition of `item` may read.
    precedents(item) {
      const groupe = this.groupeDe(item);
      const avant = this.liste.slice(0, this.liste.indexOf(groupe ?? item));
      return groupe ? [...avant, ...groupe.champs.slice(0, groupe.champs.indexOf(item))] : avant;
    }

    type(item) {
      return this.schema.types?.find((each) => each.nom === item.type);
    }

    types(dansUnGroupe) {
      return this.schema.types.filter((each) => !dansUnGroupe || each.dans_un_groupe);
    }

    typesPermis(item) {
      return this.types(Boolean(this.groupeDe(item)));
    }

    estPlein() {
      return this.questions().length >= this.schema.au_plus;
    }

    // Writes what the cards say; the titles follow.
    noter() {
      this.zone.value = JSON.stringify(this.liste, null, 2);
      for (const item of this.questions()) this.etat(item).relire?.();
      this.apercu?.relire();
    }

    dessiner({ item, role } = {}) {
      this.hote.replaceChildren(c.listeDeCartes(this, this.liste));
      this.apercu?.relire();
      if (!item) return;
      const { noeud } = this.etat(item);
      const vise = noeud.querySelector(`[data-role="${role}"]`);
      (vise && !vise.disabled ? vise : noeud.querySelector("[data-role=bascule]")).focus();
    }

    dit(mot, valeurs) {
      this.annonce.textContent = c.dire(this.schema.mots[mot], valeurs);
    }

    // Keys ---------------------------------------------------------------------------------------

    clesPrises(sauf) {
      const toutes = c.editeurs.flatMap((editeur) => editeur.questions());
      return new Set(toutes.filter((each) => each !== sauf).map((each) => each.cle));
    }

    cleDe(item) {
      const mot = c.motDe(c.lire(item, "libelle", "fr"), this.schema.nature);
      return c.unique(mot, this.clesPrises(item));
    }

    suivreLibelle(item) {
      if (this.etat(item).nouvelle) this.renommerCle(item, this.cleDe(item));
    }

    // Conditions mean the same question as before.
    renommerCle(item, cle) {
      const ancienne = item.cle;
      if (ancienne === cle) return;
      item.cle = cle;
      this.etat(item).noeud.dataset.cle = cle;
      for (const controle of this.etat(item).noeud.querySelectorAll("[data-role=cle]")) {
        if (controle !== document.activeElement && controle.closest("[data-cle]") === this.etat(item).noeud) {
          controle.value = cle;
        }
      }
      // Another question may have this key for as long as somebody is typing it.
      if (this.questions().some((each) => each !== item && each.cle === ancienne)) return;
      for (const each of this.questions()) {
        c.renommer(each.afficher_si, ancienne, cle);
        c.renommer(each.obligatoire_si, ancienne, cle);
      }
      for (const option of this.hote.querySelectorAll("option[data-cle]")) {
        if (option.dataset.cle === ancienne) option.dataset.cle = option.value = cle;
      }
    }

    renommerDansLaPage(item) {
      for (const option of this.hote.querySelectorAll("option[data-cle]")) {
        if (option.dataset.cle === item.cle) option.textContent = c.libelle(item) || item.cle;
      }
    }

    // Gestures -----------------------------------------------------------------------------------

    ajouter(liste, type) {
      const item = { cle: "", libelle: { fr: "" } };
      if (type) item.type = type;
      else Object.assign(item, { obligatoire: true, en_ligne: true });
      if (type === "declaration") item.obligatoire = true;
      liste.push(item);
      Object.assign(this.etat(item), { nouvelle: true, ouverte: true });
      item.cle = this.cleDe(item);
      this.dessiner({ item, role: "libelle_fr" });
      this.noter();
      this.dit("ajoutee");
    }

    deplacer(liste, item, pas) {
      const place = liste.indexOf(item) + pas;
      liste.splice(place - pas, 1);
      liste.splice(place, 0, item);
      this.noter();
      const role = pas < 0 ? "monter" : "descendre";
      const bord = pas < 0 ? place === 0 : place === liste.length - 1;
      const autre = pas < 0 ? "descendre" : "monter";
      this.dessiner({ item, role: bord ? autre : role });
      this.dit("deplacee", { rang: this.rang(item) });
    }

    dupliquer(liste, item) {
      const copie = structuredClone(item);
      liste.splice(liste.indexOf(item) + 1, 0, copie);
      for (const each of [copie, ...(copie.champs ?? [])]) {
        const ancienne = each.cle;
        each.cle = this.cleDe(each);
        this.etat(each).nouvelle = true;
        for (const autre of copie.champs ?? []) {
          c.renommer(autre.afficher_si, ancienne, each.cle);
          c.renommer(autre.obligatoire_si, ancienne, each.cle);
        }
      }
      this.etat(copie).ouverte = true;
      this.dessiner({ item: copie, role: "libelle_fr" });
      this.noter();
      this.dit("dupliquee", { rang: this.rang(copie) });
    }

    supprimer(liste, item) {
      this.supprimee = { liste, item, place: liste.indexOf(item) };
      liste.splice(this.supprimee.place, 1);
      this.noter();
      this.dessiner();
      this.retablir.hidden = false;
      this.retablir.focus();
      this.dit("supprimee", { libelle: c.libelle(item) || this.schema.mots.sans_libelle });
    }

    remettre() {
      const { liste, item, place } = this.supprimee;
      liste.splice(place, 0, item);
      this.retablir.hidden = true;
      this.noter();
      this.dessiner({ item, role: "bascule" });
      this.dit("retablie");
    }
  }

  function ouvrir(bloc) {
    const zone = bloc.querySelector("textarea");
    const schema = JSON.parse(document.getElementById(bloc.dataset.constructeur).textContent);
    const liste = lireTexte(zone.value);
    if (!estLisible(liste)) {
      zone.before(c.element("p", { class: "ec-erreur" }, schema.mots.illisible));
      return;
    }
    const editeur = new Editeur(zone, schema, liste);
    c.editeurs.push(editeur);
    for (const item of editeur.questions()) {
      // Not stored yet: shown again because something was refused.
      editeur.etat(item).nouvelle = !schema.existantes.includes(item.cle);
    }
    zone.hidden = true;
    const suite = c.element("div", { class: "ec-suite" }, editeur.annonce, editeur.retablir);
    bloc.append(editeur.hote, suite, ...(editeur.apercu ? [editeur.apercu.noeud] : []));
    editeur.dessiner();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-constructeur]").forEach(ouvrir);
  });
})();
