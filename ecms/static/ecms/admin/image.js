// Shows the image that was chosen before it is sent, and says at once which one is too large.
"use strict";

(() => {
  function begin(root) {
    const input = root.querySelector("input[type=file]");
    const chosen = root.querySelector("[data-chosen]");
    const present = root.querySelector("[data-present]");
    const clear = root.querySelector("input[type=checkbox]");
    const refused = root.querySelector("[role=alert]");
    let address = null;

    function refusal(file) {
      if (!file) return "";
      // Some phones name no type: the server looks into the file.
      if (file.type && !input.accept.split(",").includes(file.type)) return root.dataset.unknown;
      return file.size > Number(root.dataset.atMost) ? root.dataset.tooLarge : "";
    }

    function show() {
      const file = input.files[0];
      const said = refusal(file);
      if (address) URL.revokeObjectURL(address);
      address = file && !said ? URL.createObjectURL(file) : null;
      refused.textContent = said;
      if (address) chosen.querySelector("img").src = address;
      else chosen.querySelector("img").removeAttribute("src");
      chosen.querySelector("[data-name]").textContent = file?.name ?? "";
      chosen.hidden = !address;
      if (clear && address) clear.checked = false;
      dim();
    }

    function dim() {
      present?.classList.toggle("ecms-image-leaving", Boolean(address) || clear?.checked === true);
    }

    // Unfold writes the name of a chosen file into a field of its own, which is not here.
    input.hasChangeListener = true;
    root.classList.add("ecms-image-begun");
    root.querySelector(".ecms-image-button").hidden = false;
    input.addEventListener("change", show);
    clear?.addEventListener("change", dim);
  }

  function beginAll(within) {
    for (const root of within.querySelectorAll("[data-ecms-image]:not(.ecms-image-begun)")) {
      // The empty row that a formset copies begins when it is copied.
      if (!root.querySelector("input[type=file]").id.includes("__prefix__")) begin(root);
    }
  }

  document.addEventListener("DOMContentLoaded", () => beginAll(document));
  document.addEventListener("formset:added", (event) => beginAll(event.target));
})();
