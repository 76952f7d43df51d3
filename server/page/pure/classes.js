// Which class each of many points has, from the ids of each class.

/**
 * Return the number of the group that each id is in: the first that has it, or the number of groups if none has.
 * @param {Uint32Array} ids
 * @param {ArrayLike<number>[]} groups  ids that may be others too
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function classesOf(ids, groups) {
  const classes = new Uint8Array(ids.length).fill(groups.length);
  const rowOf = rowsOf(ids);
  for (let group = groups.length - 1; group >= 0; group--) {
    const members = groups[group];
    for (let i = 0; i < members.length; i++) {
      const row = rowOf(members[i]);
      if (row >= 0) classes[row] = group;
    }
  }
  return classes;
}

/**
 * Return what finds an id's row, -1 if there is none. A table by id is used: a Map of a million takes ten times as long.
 * @param {Uint32Array} ids
 * @returns {(id: number) => number}
 */
function rowsOf(ids) {
  const greatest = ids.reduce((most, id) => Math.max(most, id), 0);
  const table = new Int32Array(greatest + 1).fill(-1);
  for (let row = 0; row < ids.length; row++) table[ids[row]] = row;
  return (id) => (id <= greatest ? table[id] : -1);
}

/**
 * Return how many points each class has.
 * @param {Uint8Array} classes
 * @param {number} count
 */
export function countsOf(classes, count) {
  const counts = new Array(count).fill(0);
  for (const kind of classes) counts[kind]++;
  return counts;
}

/**
 * Return the ids of each year, the latest year first, of a layout by date; what has no date is left out.
 * @param {{ ids: Uint32Array, buckets: { label: string, first: number, count: number }[] }} layout
 * @returns {{ name: string, ids: Uint32Array }[]}
 */
export function yearsOf({ ids, buckets }) {
  /** @type {Map<string, number[]>} */
  const years = new Map();
  for (const { label, first, count } of buckets) {
    const year = label.slice(0, 4);
    if (!year) continue;
    const members = years.get(year) ?? [];
    for (let row = first; row < first + count; row++) members.push(ids[row]);
    years.set(year, members);
  }
  const named = [...years].map(([name, members]) => ({ name, ids: Uint32Array.from(members) }));
  return named.sort((a, b) => (a.name < b.name ? 1 : -1));
}
