// How right the model is on what a person looked at, live; what can be made of it: re-calibrating, learning, a table.

/** @import { App } from "../types.js" */
/** @import { Work } from "./work.js" */

import { openDialog } from "../dialog.js";
import { el } from "../dom.js";
import { messageOf, problemText } from "../problems.js";
import { accuracyWords, calibrationWords, learningWords, recalibrationWords } from "../pure/intervals.js";
import { whyNoWriting } from "../writing.js";
import { evaluationTable } from "./evaluation.js";
import * as labelApi from "./label_api.js";

const ENOUGH = 10; // said pictures, from which on something can be told of the probabilities
const LEARNED = "Learned: the pictures that nobody looked at were judged anew.";

/** Event "learned" when the labels are others now. */
export class AccuracyPanel extends EventTarget {
  /**
   * @param {App} app
   * @param {Work} work
   */
  constructor(app, work) {
    super();
    this.app = app;
    this.work = work;
    this.words = el("p", { class: "accuracy-words", "aria-live": "polite" });
    this.picture = el("span", { class: "interval", "aria-hidden": "true" }, el("span"), el("i"));
    this.error = el("p", { class: "muted" });
    this.buttons = [
      this.#button("Re-calibrate", () => this.#recalibrate()),
      this.#button("Learn from what I corrected", () => this.#learn()),
      el("button", { type: "button", onclick: () => void this.#evaluate() }, "Table for each class"),
    ];
    this.element = el("section", { class: "accuracy card", "aria-label": "How right the model is" }, [
      this.words,
      this.picture,
      this.error,
      el("p", { class: "buttons" }, this.buttons),
    ]);
  }

  async load(isAgain = false) {
    try {
      if (isAgain || !this.work.accuracy) this.work.accuracy = await labelApi.accuracy(this.work.set.id);
      this.update();
    } catch (error) {
      this.words.textContent = messageOf(error);
    }
  }

  update() {
    const { accuracy } = this.work;
    if (!accuracy) return;
    const words = accuracyWords(accuracy);
    if (this.words.textContent !== words) this.words.textContent = words;
    this.error.textContent = accuracy.said < ENOUGH ? "" : calibrationWords(accuracy.calibration_error);
    this.picture.hidden = accuracy.low === null || accuracy.high === null;
    const [range, point] = /** @type {NodeListOf<HTMLElement>} */ (this.picture.querySelectorAll("span, i"));
    range.style.insetInlineStart = `${100 * (accuracy.low ?? 0)}%`;
    range.style.inlineSize = `${100 * ((accuracy.high ?? 0) - (accuracy.low ?? 0))}%`;
    point.style.insetInlineStart = `${100 * (accuracy.accuracy ?? 0)}%`;
    const refusal = whyNoWriting(this.app);
    this.buttons.forEach((button, place) => {
      const why = place === 0 && refusal ? refusal : accuracy.said ? "" : "Give a few pictures their class first.";
      button.disabled = why !== "";
      button.title = why;
    });
  }

  /**
   * @param {string} text
   * @param {() => Promise<void>} run
   */
  #button(text, run) {
    const button = el("button", { type: "button", onclick: () => void act() }, text);
    const act = async () => {
      button.setAttribute("aria-busy", "true");
      try {
        await this.work.sending;
        await run();
      } catch (error) {
        this.app.say(messageOf(error), { kind: "error" });
      }
      button.removeAttribute("aria-busy");
    };
    return button;
  }

  async #recalibrate() {
    const fitted = await labelApi.recalibrate(this.work.set.id);
    this.work.accuracy = fitted.accuracy;
    this.update();
    const opened = openDialog("Re-calibrated", { kind: "question" });
    opened.fill(el("p", {}, recalibrationWords(fitted)), okay(opened.close));
    await opened.closed;
    this.dispatchEvent(new Event("learned"));
  }

  async #learn() {
    const opened = openDialog("Learn from what I corrected", { kind: "question" });
    opened.fill(el("p", { role: "status" }, "Trying it on corrections that are held out…"));
    try {
      this.#offer(opened, await labelApi.learn(this.work.set.id, true));
    } catch (error) {
      opened.fill(problemText(error), okay(opened.close));
    }
  }

  /**
   * Offer what was learnt; what does not help is not offered.
   * @param {import("../dialog.js").Opened} opened
   * @param {Awaited<ReturnType<typeof labelApi.learn>>} trial
   */
  #offer(opened, trial) {
    const words = el("p", {}, learningWords(trial));
    const refusal = whyNoWriting(this.app);
    if (!trial.helped || refusal) return opened.fill(words, refusal && el("p", {}, refusal), okay(opened.close));
    const leave = el("button", { type: "button", onclick: opened.close }, "Leave it");
    const take = el("button", { type: "button", class: "primary", onclick: () => void this.#take(opened) }, "Take it");
    const what = "The corrected pictures become examples of their classes, and all others are judged anew.";
    opened.fill(words, el("p", { class: "muted" }, what), el("p", { class: "buttons" }, take, leave));
    take.focus();
  }

  /** @param {import("../dialog.js").Opened} opened */
  async #take(opened) {
    opened.fill(el("p", { role: "status" }, "Learning…"));
    try {
      const learned = await labelApi.learn(this.work.set.id, false);
      this.work.accuracy = learned.accuracy;
      opened.close();
      this.app.say(learned.taken ? LEARNED : learningWords(learned));
      this.dispatchEvent(new Event("learned"));
    } catch (error) {
      opened.fill(problemText(error), okay(opened.close));
    }
  }

  async #evaluate() {
    const opened = openDialog("How right each class is", { kind: "wide" });
    opened.fill(el("p", { role: "status" }, "Counting…"));
    try {
      await this.work.sending;
      const report = await labelApi.evaluation(this.work.set.id);
      opened.fill(evaluationTable(report), okay(opened.close));
    } catch (error) {
      opened.fill(problemText(error), okay(opened.close));
    }
  }
}

/** @param {() => void} close */
function okay(close) {
  return el("p", { class: "buttons" }, el("button", { type: "button", autofocus: true, onclick: close }, "Close"));
}
