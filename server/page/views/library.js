// The view of library.

/** @import { View } from "../types.js" */

/** @type {View} */
export const view = { mount: () => {}, update: () => {}, unmount: () => {} };
