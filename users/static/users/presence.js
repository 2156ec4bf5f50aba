"use strict";

// Whoever writes a long text sends nothing for a while: the server is told that they are there, so
// that the sign-in has not ended when they save.
(() => {
  const EVERY = 5 * 60 * 1000;
  const AGAIN = 30 * 1000;
  const address = new URL(document.currentScript.src).search.slice(1);
  let last = Date.now();

  document.addEventListener("input", () => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    // At the door nobody is signed in yet.
    if (!token || document.body.classList.contains("login") || Date.now() - last < EVERY) return;
    last = Date.now();
    fetch(address, { method: "POST", headers: { "X-CSRFToken": token.value } }).catch(() => {
      // Without a network, a little later.
      last = Date.now() - EVERY + AGAIN;
    });
  });
})();
