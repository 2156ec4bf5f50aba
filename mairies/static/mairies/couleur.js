"use strict";

// The palette writes into the text beside it, which alone is sent: it may be empty.
document.addEventListener("DOMContentLoaded", () => {
  for (const palette of document.querySelectorAll("input[data-couleur]")) {
    const texte = document.getElementById(palette.dataset.couleur);
    if (!texte) continue;
    const suivre = () => {
      if (/^#[0-9a-f]{6}$/i.test(texte.value)) palette.value = texte.value;
    };
    palette.hidden = false;
    suivre();
    texte.addEventListener("input", suivre);
    palette.addEventListener("input", () => {
      texte.value = palette.value;
    });
  }
});
