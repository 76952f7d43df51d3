// One folder of the library, or all: the roots and what lies directly in them.

import { call } from "../api.js";
import { el, fill } from "../dom.js";

/** @typedef {{ id: string, name: string, count: number, has_more: boolean }} Folder */

/** @param {string | null} below */
const foldersBelow = async (below) =>
  /** @type {Folder[]} */ ((await call("POST", "/facets", { terms: [], filters: {}, below })).folders);

/**
 * @param {(folders: string[]) => void} choose
 */
export function folderChoice(choose) {
  const select = el("select", { onchange: () => choose(select.value ? [select.value] : []) });
  const element = el("label", { class: "choice" }, el("span", {}, "Folder"), select);
  /** @type {string[]} */
  let shown = [];

  /** @param {{ id: string, text: string }[]} options */
  const offer = (options) => {
    const known = options.some(({ id }) => id === shown[0]);
    const extra = shown[0] && !known ? [{ id: shown[0], text: shown[0].replace(/^\d+:/, "") || shown[0] }] : [];
    fill(
      select,
      el("option", { value: "" }, "all folders"),
      ...[...options, ...extra].map(({ id, text }) => el("option", { value: id }, text)),
    );
    select.value = shown[0] ?? "";
  };

  return {
    element,
    /** @param {string[]} folders */
    show(folders) {
      shown = folders;
      if (![...select.options].some(({ value }) => value === (folders[0] ?? ""))) offer([]);
      select.value = folders[0] ?? "";
    },
    async load() {
      try {
        const roots = await foldersBelow(null);
        const options = [];
        for (const root of roots) {
          options.push({ id: root.id, text: root.name });
          const inside = root.has_more ? await foldersBelow(root.id) : [];
          options.push(...inside.map(({ id, name }) => ({ id, text: `\u2003${name}` })));
        }
        offer(options);
      } catch {
        offer([]); // all folders can still be chosen
      }
    },
  };
}
