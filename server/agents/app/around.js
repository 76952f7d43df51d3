// The look of the program around this frame: its theme and colours here, and this frame's height there.

/** @import { Host, Params } from "./host.js" */

/**
 * Take over what is told of the place in which this is shown; what is left out stays as it was.
 * @param {Params} context
 * @param {HTMLElement} root
 */
export function fitIn(context, root) {
  if (context.theme === "light" || context.theme === "dark") root.dataset.theme = context.theme;
  for (const [name, value] of Object.entries(context.styles?.variables ?? {}))
    if (name.startsWith("--") && typeof value === "string") root.style.setProperty(name, value);
  const { top = 0, right = 0, bottom = 0, left = 0 } = context.safeAreaInsets ?? {};
  root.style.padding = `${top}px ${right}px ${bottom}px ${left}px`;
}

/**
 * Tell the program the height that is needed, whenever that changes.
 * @param {Pick<Host, "notify">} host
 * @param {HTMLElement} root
 */
export function tellHeight(host, root) {
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    host.notify("ui/notifications/size-changed", { height });
  }).observe(root);
}
