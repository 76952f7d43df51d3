// Which pictures are selected: some by their ids, or all of a search but for a few; a million need no list.

/** A selection among pictures that stand in an order. */
export class Selection {
  /** Selected, or with `isAll` those that are not. @type {Set<number>} */
  ids = new Set();
  isAll = false;
  /** Where a range begins. @type {number | null} */
  anchor = null;
  /** What was selected before the range. @type {Set<number>} */
  #before = new Set();

  /** @param {number} id */
  has(id) {
    return this.ids.has(id) !== this.isAll;
  }

  /**
   * Return how many are selected.
   * @param {number} all  that can be
   */
  count(all) {
    return this.isAll ? Math.max(0, all - this.ids.size) : this.ids.size;
  }

  /** Whether all are, without exception. */
  get isWhole() {
    return this.isAll && !this.ids.size;
  }

  /**
   * Select a picture or let it go; a range begins here.
   * @param {number} id
   * @param {number} index
   */
  toggle(id, index) {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.anchor = index;
    this.#before = new Set(this.ids);
  }

  /**
   * Select all from where the range began to a picture, instead of the range so far.
   * @param {ArrayLike<number>} order  ids
   * @param {number} to
   */
  range(order, to) {
    if (this.isAll) return;
    if (this.anchor === null) this.anchor = to;
    const [first, last] = [Math.min(this.anchor, to), Math.max(this.anchor, to)];
    this.ids = new Set(this.#before);
    for (let index = first; index <= last; index += 1) this.ids.add(order[index]);
  }

  /** @param {number} index */
  begin(index) {
    this.anchor = index;
    this.#before = new Set(this.ids);
  }

  all() {
    this.ids = new Set();
    this.isAll = true;
    this.anchor = null;
  }

  clear() {
    this.ids = new Set();
    this.#before = new Set();
    this.isAll = false;
    this.anchor = null;
  }

  /**
   * Return the ids that are selected, in order.
   * @param {ArrayLike<number>} order
   * @param {number} all  how many of these can be
   */
  list(order, all) {
    const listed = [];
    const end = this.isAll ? all : order.length;
    for (let index = 0; index < end; index += 1) if (this.has(order[index])) listed.push(order[index]);
    return listed;
  }
}
