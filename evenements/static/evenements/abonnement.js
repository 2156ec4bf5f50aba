// Sends the secret of the address (after its #) once the person has pressed the button: mail
// filters open links, and some of them run scripts.
(function () {
  "use strict";
  const page = document.getElementById("abonnement");
  const said = document.getElementById("etat");
  const button = document.getElementById("confirmer");
  const token = window.location.hash.slice(1);
  const headers = {
    "Content-Type": "application/json",
    "Accept-Language": document.documentElement.lang,
  };

  // Another link, opened where this page is open already: browsers do not load it again.
  window.addEventListener("hashchange", () => window.location.reload());
  if (!token) {
    said.textContent = page.dataset.incomplet;
    return;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const body = JSON.stringify({ jeton: token });
      const answer = await fetch(page.dataset.adresse, { method: "POST", headers, body });
      const found = await answer.json();
      said.textContent = found.detail;
      button.hidden = answer.ok || answer.status === 400;
      if (answer.ok) window.history.replaceState(null, "", window.location.pathname);
    } catch {
      said.textContent = page.dataset.echec;
    }
    button.disabled = false;
  });
})();
