"use strict";

// Select2 replaces a <select> by elements that its label does not name, and Unfold's icons are
// English words in a font of drawings, which a screen reader would say.
(() => {
  const name = (select) => {
    const box = select.nextElementSibling;
    const label = select.labels?.[0];
    if (!label || !box?.classList.contains("select2")) return;
    const words = label.textContent.trim();
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox], textarea, input")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", words);
    }
  };
  // An icon that says alone what a button does stays: better these words than none.
  const silence = (icon) => {
    const control = icon.closest("a, button, [role=button]");
    const alone = control && control.textContent.trim() === icon.textContent.trim();
    if (!alone || control.title || control.ariaLabel) icon.ariaHidden = "true";
  };
  // On a narrow screen a cell begins with the name of its column.
  const begin = (cell) => {
    const words = cell.dataset.label;
    cell.dataset.label = words.charAt(0).toUpperCase() + words.slice(1);
  };
  // What Unfold opens by a click on an element that a keyboard does not reach (its filters).
  const CLICKED = "[x-on\\:click]:not(a[href], button, [role=button]).cursor-pointer";
  const ICON = ".material-symbols-outlined";
  const says = (control) => {
    const words = control.cloneNode(true);
    words.querySelectorAll(ICON).forEach((icon) => icon.remove());
    return !control.matches(ICON) && words.textContent.trim() !== "";
  };
  const reach = (control) => {
    if (control.querySelector("a, button, input, select") || !says(control)) return;
    control.role = "button";
    control.tabIndex = 0;
    // The three points beside a picker: named as the picker is.
    const picker = control.closest(".related-widget-wrapper")?.querySelector("select, input");
    if (picker?.labels?.[0]) control.ariaLabel = picker.labels[0].textContent.trim();
    control.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      control.click();
    });
  };
  const nameAll = (root) => {
    root.querySelectorAll("select.select2-hidden-accessible").forEach(name);
    root.querySelectorAll(CLICKED).forEach(reach);
    root.querySelectorAll(".material-symbols-outlined:not([aria-hidden])").forEach(silence);
  };

  window.addEventListener("load", () => {
    const search = document.getElementById("searchbar-submit");
    if (search) search.ariaLabel = document.getElementById("searchbar").placeholder;
    nameAll(document);
    const words = document.getElementById("search-input-command")?.placeholder;
    document.getElementById("command-submit")?.setAttribute("aria-label", words);
    document.querySelectorAll("#result_list [data-label]").forEach(begin);
    // Rows that a formset adds, and boxes made late.
    new MutationObserver(() => nameAll(document)).observe(document.body, {
      childList: true,
      subtree: true,
    });
  });
})();
