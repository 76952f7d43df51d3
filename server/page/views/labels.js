// The view of labels.

/** @import { View } from "../types.js" */

/** @type {View} */
export const view = { mount: () => {}, update: () => {}, unmount: () => {} };
