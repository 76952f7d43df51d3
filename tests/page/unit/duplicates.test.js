// What of duplicates differs, and how a group is described.

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, folderOf, groupWords, matchWords } from "../../../server/page/pure/duplicates.js";

/** @param {Partial<import("../../../server/page/upkeep/upkeep_api.js").Duplicate>} change */
function picture(change) {
  const facts = { size: 2_000_000, width: 4000, height: 3000, format: "jpeg", taken_at: "2020-05-01T10:00:00" };
  const rest = { path: "/photos/a.jpg", name: "a.jpg", match: "best", bits: 0, spare: false, reasons: [] };
  return /** @type {import("../../../server/page/upkeep/upkeep_api.js").Duplicate} */ ({
    ...facts,
    ...rest,
    ...change,
  });
}

test("what differs is marked, what is equal is not", () => {
  const facts = factsOf([picture({}), picture({ size: 2_000_001, width: 2000, path: "/copies/a.jpg" })]);
  const differing = facts.filter((fact) => fact.differs).map((fact) => fact.name);
  assert.deepEqual(differing, ["Size", "Pixels", "Folder"]);
  assert.deepEqual(facts[1].values, ["4,000 × 3,000", "2,000 × 3,000"]);
});

test("folders end where the name begins", () => {
  assert.deepEqual([folderOf("/a/b/c.jpg"), folderOf("C:\\x\\y.jpg"), folderOf("c.jpg")], ["/a/b/", "C:\\x\\", ""]);
});

test("a group says how much is spare", () => {
  const spare = picture({ spare: true, match: "identical" });
  assert.equal(groupWords({ pictures: [picture({}), spare], spare_bytes: 2_000_000 }), "2 pictures, 1 spare: 2.0 MB");
  assert.equal(groupWords({ pictures: [picture({}), picture({})], spare_bytes: 0 }), "2 pictures, none spare");
});

test("a kind of match that is not known is said as it is", () => {
  assert.deepEqual(
    [matchWords(picture({ match: "identical" })), matchWords(picture({ match: "rotated" }))],
    ["the same file", "rotated"],
  );
});
