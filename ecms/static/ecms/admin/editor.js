// Makes of each text area of rich text an editor: no script, no editor, the text area stays.
"use strict";

(() => {
  const BLOCKS = "p, h2, h3, h4, blockquote, pre, li, td, th, dd, dt";

  class Editor {
    constructor(root) {
      this.root = root;
      this.source = root.querySelector("textarea");
      this.bar = root.querySelector(".ecms-editor-bar");
      this.rules = JSON.parse(root.dataset.rules);
      this.text = this.makeText();
      this.link = new Link(this);
      this.show();
      this.listen();
    }

    makeText() {
      const text = document.createElement("div");
      text.className = "ecms-editor-text";
      text.contentEditable = "true";
      text.setAttribute("role", "textbox");
      text.setAttribute("aria-multiline", "true");
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (this.source.hasAttribute(name)) text.setAttribute(name, this.source.getAttribute(name));
      }
      if (this.source.required) text.setAttribute("aria-required", "true");
      const label = document.querySelector(`label[for="${CSS.escape(this.source.id)}"]`);
      if (label) {
        label.id ||= `${this.source.id}-label`;
        text.setAttribute("aria-labelledby", label.id);
        label.addEventListener("click", () => text.focus());
      }
      return text;
    }

    show() {
      this.text.append(...ecmsHTML.body(this.source.value, this.rules).childNodes);
      if (!this.text.textContent.trim() && !this.text.children.length) {
        this.text.innerHTML = "<p><br></p>";
      }
      this.source.before(this.text);
      this.source.hidden = true;
      // A field that nobody sees cannot be asked for by the browser: the server does.
      this.source.required = false;
      this.bar.hidden = false;
      this.buttons = [...this.bar.querySelectorAll("button")];
      this.buttons.forEach((button, index) => (button.tabIndex = index ? -1 : 0));
    }

    listen() {
      this.text.addEventListener("focus", () => {
        document.execCommand("styleWithCSS", false, false);
        document.execCommand("defaultParagraphSeparator", false, "p");
      });
      this.text.addEventListener("input", () => this.write());
      this.text.addEventListener("paste", (event) => this.paste(event));
      this.text.addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
          event.preventDefault();
          this.link.open();
        }
      });
      for (const name of ["dragover", "drop"]) {
        // Files are not kept in texts; the browser would leave the page for them.
        this.text.addEventListener(name, (event) => {
          if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
        });
      }
      // A press must not take the focus, nor the selection, out of the text.
      this.bar.addEventListener("mousedown", (event) => event.preventDefault());
      this.bar.addEventListener("click", (event) => this.press(event.target.closest("button")));
      this.bar.addEventListener("keydown", (event) => this.walk(event));
      document.addEventListener("selectionchange", () => this.reflect());
    }

    write() {
      this.source.value = ecmsHTML.written(this.text, this.rules);
      this.source.dispatchEvent(new Event("change", { bubbles: true }));
    }

    run(command, value) {
      this.text.focus();
      document.execCommand(command, false, value);
      this.reflect();
    }

    press(button) {
      if (!button) return;
      if (button.dataset.link) this.link.open();
      else if (button.dataset.block) this.setBlock(button.dataset.block);
      else this.run(button.dataset.command);
    }

    setBlock(name) {
      const quote = this.around("blockquote");
      if (quote) this.unquote(quote);
      if (quote && name === "blockquote") return;
      this.run("formatBlock", `<${this.around(name) ? "p" : name}>`);
    }

    /* Browsers take a paragraph out of a quotation, but not a text that is in it directly. */
    unquote(quote) {
      const [first, last] = [quote.firstChild, quote.lastChild];
      if (!quote.querySelector("p, h2, h3, h4, ul, ol")) {
        this.run("formatBlock", "<p>");
      } else {
        quote.replaceWith(...quote.childNodes);
        if (first) getSelection().setBaseAndExtent(first, 0, last, last.childNodes.length);
        this.write();
      }
    }

    paste(event) {
      const data = event.clipboardData;
      event.preventDefault();
      const html = data.getData("text/html");
      if (html) {
        const pasted = ecmsHTML.body(html, this.rules, { pasted: true });
        this.run("insertHTML", pasted.innerHTML);
      } else if (data.getData("text/plain")) {
        this.run("insertText", data.getData("text/plain"));
      }
    }

    /* The element `selector` that the selection begins in. */
    around(selector) {
      const node = getSelection().anchorNode;
      const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      const found = this.text.contains(element) ? element.closest(selector) : null;
      return found && this.text.contains(found) && found !== this.text ? found : null;
    }

    reflect() {
      if (!this.text.contains(getSelection().anchorNode)) return;
      const block = this.around("blockquote") ?? this.around(BLOCKS);
      for (const button of this.buttons) {
        const { block: name, command } = button.dataset;
        if (!button.hasAttribute("aria-pressed")) continue;
        const pressed = name ? block?.localName === name : document.queryCommandState(command);
        button.setAttribute("aria-pressed", String(pressed));
      }
    }

    /* One stop for the tabulator; the arrows walk along the bar. */
    walk(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = this.buttons.indexOf(document.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = this.buttons.at((at + step) % this.buttons.length);
      this.buttons[at].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }

  class Link {
    constructor(editor) {
      this.editor = editor;
      this.panel = editor.root.querySelector(".ecms-editor-link");
      this.input = this.panel.querySelector("input");
      this.refused = this.panel.querySelector("[role=alert]");
      this.opener = editor.root.querySelector("[data-link=open]");
      this.panel.addEventListener("click", (event) => {
        const pressed = event.target.closest("button")?.dataset.link;
        if (pressed) this[pressed]();
      });
      this.panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.close();
        else if (event.key === "Enter" && event.target === this.input) this.apply();
        else return;
        event.preventDefault();
      });
    }

    open() {
      const selection = getSelection();
      const inside = this.editor.text.contains(selection.anchorNode);
      if (!inside) this.editor.text.focus();
      this.range = selection.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
      this.present = this.editor.around("a");
      this.input.value = this.present?.getAttribute("href") ?? "";
      this.panel.querySelector("[data-link=remove]").hidden = !this.present;
      this.say("");
      this.toggle(true);
      this.input.focus();
    }

    close() {
      this.toggle(false);
      this.select();
    }

    toggle(shown) {
      this.panel.hidden = !shown;
      this.opener.setAttribute("aria-expanded", String(shown));
    }

    say(message) {
      this.refused.textContent = message;
      this.input.setAttribute("aria-invalid", String(Boolean(message)));
    }

    select() {
      this.editor.text.focus();
      const selection = getSelection();
      selection.removeAllRanges();
      if (this.present) selection.selectAllChildren(this.present);
      else if (this.range) selection.addRange(this.range);
    }

    apply() {
      const address = ecmsHTML.address(this.input.value);
      if (!address) {
        this.say(this.refused.dataset.refused);
        return;
      }
      this.close();
      if (this.present || !this.range?.collapsed) {
        this.editor.run("createLink", address);
      } else {
        const link = document.createElement("a");
        link.href = address;
        link.textContent = this.input.value.trim();
        this.editor.run("insertHTML", link.outerHTML);
      }
    }

    remove() {
      this.close();
      this.editor.run("unlink");
    }
  }

  function begin(within) {
    for (const root of within.querySelectorAll("[data-ecms-editor]:not([data-begun])")) {
      // The empty row that a formset copies begins when it is copied.
      if (root.querySelector("textarea").id.includes("__prefix__")) continue;
      root.dataset.begun = "";
      new Editor(root);
    }
  }

  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("formset:added", (event) => begin(event.target));
})();
