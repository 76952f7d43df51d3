// Copying a text, also where the browser does not let pages use the clipboard.

/**
 * Copy a text; says whether that was possible. A field of its own is the way for pages without permission.
 * @param {string} text
 * @param {Element} beside  where the field may be: in an open dialog nothing outside of it can be selected
 */
export async function copyText(text, beside) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, beside);
  }
}

/**
 * @param {string} text
 * @param {Element} beside
 */
function copyBySelection(text, beside) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "for-readers";
  beside.append(field);
  field.select();
  let isCopied = false;
  try {
    isCopied = document.execCommand("copy");
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus();
  }
  return isCopied;
}
