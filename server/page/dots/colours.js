// The colours of classes, which the style sheet knows: the legend and the dots have the same ones.

export const SHADES = 10; // .shade-0 to .shade-8 and .shade-none in style/dots.css

/**
 * Return a colour of the style sheet as red, green, blue (0 to 1) and an opacity.
 * @param {Element} host
 * @param {string} name  of a class that sets `color`
 * @param {number} opacity
 * @returns {number[]}
 */
export function colourOf(host, name, opacity) {
  const swatch = document.createElement("i");
  swatch.className = name;
  swatch.hidden = true;
  host.append(swatch);
  const [red, green, blue] = (getComputedStyle(swatch).color.match(/[\d.]+/g) ?? []).map(Number);
  swatch.remove();
  return [red / 255, green / 255, blue / 255, opacity];
}

/**
 * Return a colour as style sheets write it.
 * @param {number[]} colour
 */
export function cssColour([red, green, blue, opacity]) {
  const [r, g, b] = [red, green, blue].map((part) => Math.round(part * 255));
  return `rgb(${r} ${g} ${b} / ${opacity})`;
}
