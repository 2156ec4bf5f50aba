// What the editor of rich texts takes in and gives out: the HTML that `ecms/html.py` allows. The
// server has the last word; here a text is brought to where it will leave that unchanged.
"use strict";

(() => {
  const RENAMED = { h1: "h2", h5: "h4", h6: "h4", b: "strong", i: "em", strike: "s", del: "s" };
  const INLINE = new Set(["a", "br", "code", "em", "img", "s", "strong", "sub", "sup", "u"]);
  const ADDRESS = /^(https?:\/\/[^\s/?#\\@]+([/?#][^\\]*)?|mailto:.+|tel:[0-9+ ().-]+)$/i;
  const IMAGE = /^(https?:\/\/[^\s/?#\\@]+([/?#][^\\]*)?|\/media\/[\w./-]+)$/i;
  const EMPTY = "a, em, p, s, strong, u"
    .split(", ")
    .map((name) => `${name}:empty`)
    .join(", ");
  // Such an element says something without any text in it.
  const TELLING = "img, hr, table";

  const isInline = (node) =>
    node.nodeType === Node.TEXT_NODE || INLINE.has(node.localName);
  const isBlank = (node) => !node.textContent.trim() && !node.querySelector?.(TELLING);

  function renamed(element, name) {
    const other = element.ownerDocument.createElement(name);
    for (const { name: key, value } of element.attributes) if (!key.startsWith("on")) other.setAttribute(key, value);
    other.append(...element.childNodes);
    element.replaceWith(other);
    return other;
  }

  /* Word processors on the web say bold and italic in styles, and "not bold" around it all. */
  function meant(element) {
    const { fontWeight, fontStyle } = element.style;
    if (/^(b|strong)$/.test(element.localName) && /^(normal|400)$/.test(fontWeight)) return "span";
    if (element.localName !== "span") return RENAMED[element.localName] ?? element.localName;
    if (/^(bold|[6-9]00)$/.test(fontWeight)) return "strong";
    return fontStyle === "italic" ? "em" : "span";
  }

  function keepAttributes(element, rules) {
    const kept = rules.attributes[element.localName] ?? [];
    for (const { name, value } of [...element.attributes]) {
      const address = { href: ADDRESS, src: IMAGE }[name];
      if (!kept.includes(name) || (address && !address.test(value.trim()))) {
        element.removeAttribute(name);
      }
    }
  }

  function tidy(parent, rules, pasted) {
    for (const node of [...parent.childNodes]) {
      if (node.nodeType === Node.TEXT_NODE) continue;
      if (node.nodeType !== Node.ELEMENT_NODE || rules.dropped.includes(node.localName)) {
        node.remove();
        continue;
      }
      tidy(node, rules, pasted);
      const name = meant(node);
      const element = name === node.localName ? node : renamed(node, name);
      const lost = element.localName === "img" && (pasted || !IMAGE.test(element.getAttribute("src")));
      if (lost) element.remove();
      else if (!rules.tags.includes(element.localName)) element.replaceWith(...element.childNodes);
      else keepAttributes(element, rules);
      if (element.localName === "a" && !element.hasAttribute("href")) {
        element.replaceWith(...element.childNodes);
      }
    }
  }

  /* Browsers put lists into paragraphs, and lines into `div`: neither is what was meant. */
  function straighten(body) {
    for (const block of [...body.querySelectorAll("p, div")].reverse()) {
      if ([...block.childNodes].every(isInline)) {
        if (block.localName === "div") renamed(block, "p");
      } else {
        inParagraphs(block);
        block.replaceWith(...block.childNodes);
      }
    }
    inParagraphs(body);
    // What is left where something was split or typed over.
    for (const element of body.querySelectorAll(EMPTY)) element.remove();
  }

  function inParagraphs(parent) {
    let paragraph = null;
    for (const node of [...parent.childNodes]) {
      if (!isInline(node)) {
        paragraph = null;
      } else if (paragraph) {
        paragraph.append(node);
      } else if (node.nodeType !== Node.TEXT_NODE || node.data.trim()) {
        paragraph = parent.ownerDocument.createElement("p");
        node.before(paragraph);
        paragraph.append(node);
      }
    }
  }

  /* The allowed part of `html`, in a document that runs and loads nothing. */
  function body(html, rules, { pasted = false } = {}) {
    const read = new DOMParser().parseFromString(html, "text/html").body;
    tidy(read, rules, pasted);
    return read;
  }

  /* The HTML of what stands in `editor`; nothing for an empty one. */
  function written(editor, rules) {
    const read = body(editor.innerHTML, rules);
    straighten(read);
    while (read.lastChild && isBlank(read.lastChild)) {
      read.lastChild.remove();
    }
    return read.innerHTML;
  }

  /* What somebody typed, as an address that is allowed; null for what cannot be one. */
  function address(typed) {
    const text = typed.trim();
    if (ADDRESS.test(text)) return text;
    if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(text)) return `mailto:${text}`;
    if (/^\+?[0-9][0-9 ().-]{5,}$/.test(text)) return `tel:${text}`;
    const web = `https://${text}`;
    return /^[^\s:@/]+\.[^\s:@]+$/.test(text) && ADDRESS.test(web) ? web : null;
  }

  window.ecmsHTML = { body, written, address };
})();
