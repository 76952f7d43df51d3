// The classes of a new label set: typed with commas, each with prompts and example pictures of its own.

/** @import { NewClass } from "../pure/bench.js" */

import { el, fill } from "../dom.js";
import { mergeClasses, readClasses } from "../pure/bench.js";
import { counted } from "../pure/formats.js";

let made = 0;

/** Classes as chips behind a field; the chosen one shows its prompts. Event "change" when classes come, go or change. */
export class ClassEditor extends EventTarget {
  /** @param {() => void} run  called for Enter in the empty field */
  constructor(run) {
    super();
    /** @type {NewClass[]} */
    this.classes = [];
    /** @type {string | null} */
    this.chosen = null;
    this.run = run;
    const id = `classes-${++made}`;
    this.field = el("input", {
      id,
      type: "text",
      dir: "auto",
      autocomplete: "off",
      spellcheck: false,
      enterKeyHint: "done",
      placeholder: "cup, car",
      "aria-describedby": `${id}-help`,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event),
      onchange: () => this.take(),
    });
    this.chips = el("ul", { class: "chips", "aria-label": "Classes" });
    this.prompts = el("textarea", {
      rows: 3,
      dir: "auto",
      "aria-label": "Prompts, one a line",
      oninput: () => this.#typedPrompts(),
    });
    this.details = el("fieldset", { class: "class-details", hidden: true });
    const help = "Separate classes by commas, Enter adds them; Enter in the empty field labels the pictures.";
    this.element = el("div", { class: "class-editor" }, [
      el("label", { for: id }, "Classes: what your pictures may show"),
      el("div", { class: "field-with-chips" }, this.chips, this.field),
      el("p", { id: `${id}-help`, class: "muted" }, help),
      this.details,
    ]);
  }

  /** Make classes of what is typed. */
  take() {
    const typed = readClasses(this.field.value);
    this.field.value = "";
    if (typed.length) this.#change(mergeClasses(this.classes, typed));
  }

  /** @param {NewClass[]} classes */
  set(classes) {
    this.#change(classes);
  }

  /** @param {number} id  a picture, which becomes an example of the chosen class or is none any more */
  toggleExample(id) {
    const class_ = this.classes.find((one) => one.name === this.chosen);
    if (!class_) return;
    const has = class_.examples.includes(id);
    class_.examples = has ? class_.examples.filter((other) => other !== id) : [...class_.examples, id];
    this.#change(this.classes);
  }

  /** @param {string | null} name */
  choose(name) {
    this.chosen = this.chosen === name ? null : name;
    this.#change(this.classes);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    const isEmpty = !this.field.value.trim();
    if (event.key === "Enter") {
      event.preventDefault();
      isEmpty ? this.run() : this.take();
    } else if (event.key === "," && !isEmpty && quotesMatch(this.field.value)) {
      event.preventDefault();
      this.take();
    } else if (event.key === "Backspace" && !this.field.value && this.classes.length) {
      this.#change(this.classes.slice(0, -1));
    }
  }

  /** @param {NewClass[]} classes */
  #change(classes) {
    this.classes = classes;
    if (!classes.some((class_) => class_.name === this.chosen)) this.chosen = null;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.chip;
    fill(
      this.chips,
      classes.map((class_) => this.#chip(class_)),
    );
    const chip = [...this.chips.querySelectorAll("button")].find((button) => button.dataset.chip === focused);
    if (focused) (chip ?? this.field).focus();
    this.#showDetails();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {NewClass} class_ */
  #chip({ name, prompts, examples }) {
    const more = [
      prompts.length ? counted(prompts.length, "prompt") : "",
      examples.length ? counted(examples.length, "example") : "",
    ].filter(Boolean);
    const choose = el(
      "button",
      {
        type: "button",
        dir: "auto",
        "aria-pressed": String(name === this.chosen),
        data: { chip: name },
        onclick: () => this.choose(name),
      },
      name,
      more.length > 0 && el("small", {}, ` ${more.join(", ")}`),
    );
    const remove = () => {
      this.#change(this.classes.filter((class_) => class_.name !== name));
      this.field.focus();
    };
    const close = el(
      "button",
      { type: "button", class: "close", "aria-label": `Remove ${name}`, onclick: remove },
      "×",
    );
    return el("li", { class: "chip" }, choose, close);
  }

  #showDetails() {
    const class_ = this.classes.find((one) => one.name === this.chosen);
    this.details.hidden = !class_;
    if (!class_) return;
    const isTyping = document.activeElement === this.prompts;
    if (isTyping) return;
    this.prompts.value = class_.prompts.join("\n");
    this.prompts.placeholder = `a photo of a ${class_.name}`;
    const help = "What the model compares pictures with for this class, one text a line; empty: the class's name.";
    fill(this.details, [
      el("legend", { dir: "auto" }, `Prompts of ${class_.name}`),
      this.prompts,
      el("p", { class: "muted" }, help),
    ]);
  }

  #typedPrompts() {
    const class_ = this.classes.find((one) => one.name === this.chosen);
    if (!class_) return;
    class_.prompts = this.prompts.value
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    this.#change(this.classes);
  }
}

/** @param {string} text */
const quotesMatch = (text) => (text.match(/"/g) ?? []).length % 2 === 0;
