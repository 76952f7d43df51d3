// The view of duplicates.

/** @import { View } from "../types.js" */

/** @type {View} */
export const view = { mount: () => {}, update: () => {}, unmount: () => {} };
