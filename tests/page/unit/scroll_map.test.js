// The map of a page of any height: one to one under the hand, nothing out of reach, no drift.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST, ScrollMap } from "../../../server/page/pure/scroll_map.js";

const VIEW = 800;
const MILLION = 36_000_000; // about the height of a million pictures

/** A generator of the same pseudo-random numbers each time. @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a browser does with a map: it scrolls, never past its ends, and rounds what it is told. */
class Browser {
  /** @param {ScrollMap} map @param {number} [grain]  that positions are rounded to */
  constructor(map, grain = 1 / 64) {
    this.map = map;
    this.grain = grain;
    this.top = 0;
  }

  /** @param {number} by */
  wheel(by) {
    this.top = Math.min(this.map.physical - VIEW, Math.max(0, this.top + by));
    this.#move(this.map.scrolled(this.top));
  }

  rest() {
    this.#move(this.map.scrolled(this.top, true));
  }

  /** @param {number} position */
  jump(position) {
    this.#move(this.map.jump(position));
  }

  /** @param {number | null} to */
  #move(to) {
    if (to === null) return;
    this.top = Math.round(to / this.grain) * this.grain;
    this.map.rounded(this.top);
  }
}

test("what fits is not mapped", () => {
  const map = new ScrollMap(100_000, VIEW);
  assert.ok(map.isPlain);
  assert.equal(map.scrolled(5000), null);
  assert.deepEqual([map.position, map.offset, map.jump(7), map.scrolled(7, true)], [5000, 0, 7, null]);
  assert.equal(new ScrollMap(100, VIEW).last, 0);
});

test("the physical page is one that every browser can have", () => {
  assert.ok(new ScrollMap(1e9, VIEW).physical === MOST && MOST * 4 < 17_900_000);
});

test("positions are one to one at the ends and rise throughout", () => {
  const map = new ScrollMap(MILLION, VIEW);
  assert.equal(map.home(0), 0);
  assert.equal(map.home(map.last), map.physical - VIEW);
  let before = -1;
  for (let position = 0; position <= map.last; position += 997) {
    const at = map.home(position);
    assert.ok(at > before && at <= map.physical - VIEW);
    before = at;
  }
});

test("a wheel step moves the pictures by itself and nothing else, wherever one is", () => {
  const next = random(7);
  for (const logical of [MOST + 1, 5_000_000, MILLION, 90_000_000]) {
    const browser = new Browser(new ScrollMap(logical, VIEW));
    for (let turn = 0; turn < 300; turn += 1) {
      browser.jump(next() * browser.map.last);
      for (let step = 0; step < 30; step += 1) {
        const by = Math.round((next() - 0.5) * 400);
        const expected = Math.min(browser.map.last, Math.max(0, browser.map.position + by));
        browser.wheel(by);
        assert.ok(Math.abs(browser.map.position - expected) < 1, `${browser.map.position} is not ${expected}`);
        if (next() < 0.1) browser.rest();
        assert.ok(Math.abs(browser.map.position - expected) < 1, "it moves while nobody scrolls");
        assert.ok(browser.map.at >= 0 && browser.map.at <= browser.map.physical - VIEW);
      }
    }
  }
});

test("nothing drifts over a hundred thousand steps and rests", () => {
  const browser = new Browser(new ScrollMap(MILLION, VIEW), 1);
  browser.jump(MILLION / 3);
  const from = browser.map.position;
  for (let step = 0; step < 50_000; step += 1) {
    browser.wheel(120);
    if (step % 10 === 0) browser.rest();
  }
  assert.ok(Math.abs(browser.map.position - from - 50_000 * 120) < 1);
  for (let step = 0; step < 50_000; step += 1) {
    browser.wheel(-120);
    if (step % 7 === 0) browser.rest();
  }
  assert.ok(Math.abs(browser.map.position - from) < 1);
});

test("both ends are reached to the pixel by the wheel alone, from anywhere, without a rest", () => {
  for (const from of [0.02, 0.5, 0.97]) {
    for (const by of [-40_000, 40_000]) {
      const browser = new Browser(new ScrollMap(MILLION, VIEW));
      browser.jump(from * browser.map.last);
      for (let step = 0; step < 1000; step += 1) browser.wheel(by);
      const { map } = browser;
      assert.equal(map.position, by < 0 ? 0 : map.last);
      assert.ok(Math.abs(browser.top - (by < 0 ? 0 : map.physical - VIEW)) < 1);
    }
  }
});

test("every one of a million rows is reached by a jump, and is in the window then", () => {
  const rows = 1_000_000;
  const map = new ScrollMap(rows * 36, VIEW);
  let before = -1;
  for (let row = 0; row < rows; row += 1) {
    const top = row * 36;
    const at = map.jump(top);
    assert.ok(map.position <= top && top + 36 <= map.position + VIEW);
    assert.ok(at >= before);
    before = at;
  }
  assert.equal(map.position, map.last);
});
