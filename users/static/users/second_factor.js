"use strict";

// A second click would send a code that has just served.
for (const form of document.querySelectorAll("form[data-une-fois]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.envoye) {
      event.preventDefault();
      return;
    }
    form.dataset.envoye = "1";
  });
}

// Coming back to the page, it may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-une-fois]")) {
    delete form.dataset.envoye;
  }
});

for (const button of document.querySelectorAll("[data-imprimer]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copier]")) {
  // Only a page of a secure origin may write to the clipboard.
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const lines = [...document.getElementById(button.dataset.copier).children];
    const said = document.querySelector("[data-annonce]");
    try {
      await navigator.clipboard.writeText(lines.map((line) => line.textContent).join("\n"));
      said.textContent = button.dataset.copie;
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copier));
    }
  });
}
