"use strict";

// Shows the questions that the answers so far lead to. What is hidden is not sent; the server
// decides alone which answers it takes.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("reponses");
  if (!form) return;

  const controls = (box) =>
    [...box.querySelectorAll("input, select, textarea")].filter((each) => each.type !== "file");

  const number = (text) => {
    const tight = text.replace(/\s/g, "").replace(",", ".");
    return tight === "" || Number.isNaN(Number(tight)) ? undefined : Number(tight);
  };

  // The answer in the form that conditions compare with; undefined without one.
  const answer = (box) => {
    const found = controls(box);
    switch (box.dataset.type) {
      case "choix_multiple": {
        const ticked = found.filter((each) => each.checked).map((each) => each.value);
        return ticked.length ? ticked : undefined;
      }
      case "declaration":
        return found[0].checked || undefined;
      case "booleen":
        return { oui: true, non: false }[found[0].value];
      case "nombre":
      case "entier":
        return number(found[0].value);
      case "point":
      case "groupe":
        return found.some((each) => !["hidden", "checkbox"].includes(each.type) && each.value.trim())
          ? true
          : undefined;
      default:
        return (found.length && found[0].value.trim()) || undefined;
    }
  };

  const compare = (condition, given) => {
    const values = Array.isArray(given) ? given : [given];
    if ("parmi" in condition) return values.some((each) => condition.parmi.includes(each));
    if ("egal" in condition) return values.includes(condition.egal);
    return !values.includes(condition.different);
  };

  const holds = (condition, answers) => {
    if (condition.tous) return condition.tous.every((each) => holds(each, answers));
    if (condition.un) return condition.un.some((each) => holds(each, answers));
    const given = answers.get(condition.champ);
    if ("rempli" in condition) return (given !== undefined) === condition.rempli;
    return given !== undefined && compare(condition, given);
  };

  const show = (box, shown) => {
    box.hidden = !shown;
    for (const each of box.querySelectorAll("input, select, textarea")) each.disabled = !shown;
  };

  const childrenOf = (parent) =>
    [...parent.querySelectorAll("[data-question]")].filter(
      (box) => box.parentElement.closest("[data-ligne]") === (parent === form ? null : parent),
    );

  // The questions of the whole, or of one line, in their order: an answer that is hidden is none.
  const read = (parent, around) => {
    const answers = new Map(around);
    for (const box of childrenOf(parent)) {
      const condition = box.dataset.afficherSi;
      const shown = !condition || holds(JSON.parse(condition), answers);
      show(box, shown);
      if (!shown) continue;
      for (const line of box.querySelectorAll("[data-ligne]")) read(line, answers);
      const given = answer(box);
      if (given !== undefined) answers.set(box.dataset.question, given);
    }
  };

  const update = () => read(form, new Map());
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
});
