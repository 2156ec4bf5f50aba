"use strict";

// Adds to the rows that the server wrote: more of them, fewer, and Monday copied on the others.
// What is sent is named by its place, so that the server reads the rows in the order of the page.
(() => {
  const champs = (noeud) => [...noeud.querySelectorAll("input, select")];
  const vide = (ligne) => champs(ligne).every((champ) => !champ.value);

  function nommer(lignes, prefixe) {
    lignes.forEach((ligne, rang) => {
      for (const champ of champs(ligne)) {
        champ.name = `${prefixe}-${rang}-${champ.name.slice(champ.name.lastIndexOf("-") + 1)}`;
      }
    });
  }

  function vierge(modele) {
    const ligne = modele.cloneNode(true);
    ligne.classList.remove("horaires-faute");
    ligne.querySelectorAll(".horaires-erreur").forEach((erreur) => erreur.remove());
    for (const champ of champs(ligne)) {
      champ.value = "";
      champ.removeAttribute("aria-invalid");
    }
    return ligne;
  }

  // A list of rows in `hote`: `prefixe` names them, `suivre` is told of each change.
  function rangees(hote, { liste, ligne, prefixe, auPlus, suivre = () => {} }) {
    const contenant = hote.querySelector(liste);
    const ajouter = hote.querySelector("[data-geste=ajouter]");
    const lignes = () => [...contenant.querySelectorAll(ligne)];
    const modele = vierge(lignes()[0]);

    function change() {
      nommer(lignes(), prefixe);
      ajouter.disabled = lignes().length >= auPlus;
      suivre(lignes());
    }

    function ecrire(valeurs) {
      lignes().forEach((each) => each.remove());
      for (const valeur of valeurs) {
        const nouvelle = modele.cloneNode(true);
        champs(nouvelle).forEach((champ, rang) => { champ.value = valeur[rang]; });
        contenant.append(nouvelle);
      }
      change();
    }

    modele.querySelector("[data-geste=retirer]").hidden = false;
    for (const each of lignes()) {
      if (vide(each)) each.remove();
      else each.querySelector("[data-geste=retirer]").hidden = false;
    }
    hote.querySelector(".horaires-gestes").hidden = false;
    ajouter.addEventListener("click", () => {
      const nouvelle = modele.cloneNode(true);
      contenant.append(nouvelle);
      change();
      champs(nouvelle)[0].focus();
    });
    contenant.addEventListener("click", (event) => {
      const bouton = event.target.closest("[data-geste=retirer]");
      if (!bouton) return;
      bouton.closest(ligne).remove();
      change();
      ajouter.focus();
    });
    change();
    return { ecrire, lire: () => lignes().map((each) => champs(each).map((champ) => champ.value)) };
  }

  function semaine(hote) {
    const jours = {};
    for (const jour of hote.querySelectorAll("[data-jour]")) {
      const etat = jour.querySelector(".horaires-etat");
      etat.textContent = hote.dataset.ferme;
      jours[jour.dataset.jour] = rangees(jour, {
        liste: ".horaires-intervalles",
        ligne: ".horaires-intervalle",
        prefixe: `${hote.dataset.horaires}-${jour.dataset.jour}`,
        auPlus: Number(hote.dataset.auPlus),
        suivre: (lignes) => { etat.hidden = lignes.length > 0; },
      });
    }
    hote.querySelector("[data-geste=copier]").addEventListener("click", () => {
      const [premier, ...autres] = hote.dataset.ouvrables.split(" ");
      for (const jour of autres) jours[jour].ecrire(jours[premier].lire());
      hote.querySelector(".horaires-annonce").textContent = hote.dataset.copie;
    });
  }

  function dates(hote) {
    rangees(hote, {
      liste: ".dates-lignes",
      ligne: ".dates-ligne",
      prefixe: hote.dataset.dates,
      auPlus: Number(hote.dataset.auPlus),
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-horaires]").forEach(semaine);
    document.querySelectorAll("[data-dates]").forEach(dates);
  });
})();
