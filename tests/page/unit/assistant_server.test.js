import assert from "node:assert/strict";
import { test } from "node:test";
import { hitsOf, Server, Unable } from "../../../server/agents/app/server.js";

const IMAGE = {
  content: [
    { type: "image", mimeType: "image/jpeg", data: "AAAA" },
    { type: "text", text: "{}" },
  ],
};

/** A program whose answers the test gives. @param {Record<string, any>} can */
function program(can = { serverTools: {} }) {
  /** @type {{ method: string, params: any, answer: (value: any) => void }[]} */
  const asked = [];
  const request = (/** @type {string} */ method, /** @type {any} */ params) =>
    new Promise((answer) => asked.push({ method, params, answer }));
  return { asked, server: new Server({ can, request }) };
}

/** Let what waits go on. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

test("three pictures are asked for together, and each once", async () => {
  const { asked, server } = program();
  const pictures = [1, 2, 3, 4, 4].map((id) => server.picture(id, 256));
  assert.deepEqual(
    asked.map(({ params }) => params.arguments),
    [1, 2, 3].map((id) => ({ id, max_side: 256 })),
  );
  asked[0]?.answer(IMAGE);
  assert.equal(await pictures[0], "data:image/jpeg;base64,AAAA");
  await turn();
  assert.equal(asked.length, 4);
  assert.equal(pictures[3], pictures[4]);
});

test("a large one comes before those that wait", async () => {
  const { asked, server } = program();
  for (const id of [1, 2, 3, 4]) server.picture(id, 256);
  server.picture(9, 1024, true);
  asked[0]?.answer(IMAGE);
  await turn();
  assert.deepEqual(asked[3]?.params.arguments, { id: 9, max_side: 1024 });
});

test("what is out of view again is not asked for, and may be later", async () => {
  const { asked, server } = program();
  const pictures = [1, 2, 3, 4].map((id) => server.picture(id, 256));
  server.forget(4, 256);
  server.forget(1, 256); // is under way
  await assert.rejects(/** @type {Promise<string>} */ (pictures[3]), Unable);
  asked[1]?.answer(IMAGE);
  await turn();
  assert.equal(asked.length, 3);
  server.picture(4, 256);
  assert.deepEqual(asked[3]?.params.arguments, { id: 4, max_side: 256 });
});

test("a picture that can't be shown says why, and is asked for again", async () => {
  const { asked, server } = program();
  const picture = server.picture(1, 256);
  asked[0]?.answer({ isError: true, content: [{ type: "text", text: "The file is gone." }] });
  await assert.rejects(picture, { message: "The file is gone." });
  const odd = server.picture(1, 256);
  asked[1]?.answer({ content: [{ type: "image", mimeType: "image/svg+xml", data: "AAAA" }] });
  await assert.rejects(odd, Unable);
});

test("where tools can't be called, the resource is read", async () => {
  const { asked, server } = program({ serverResources: {} });
  assert.equal(server.hasTools, false);
  const picture = server.picture(7, 256);
  assert.deepEqual([asked[0]?.method, asked[0]?.params], ["resources/read", { uri: "clipsearch://photo/7" }]);
  asked[0]?.answer({ contents: [{ mimeType: "image/jpeg", blob: "BBBB" }] });
  assert.equal(await picture, "data:image/jpeg;base64,BBBB");
});

test("a contact sheet's search goes on as a search", () => {
  const { asked, server } = program();
  server.search({ ids: [], query: "a cup", cursor: "abc" });
  assert.deepEqual(asked[0]?.params, { name: "search_photos", arguments: { query: "a cup", cursor: "abc" } });
});

test("a program that says nothing of itself is asked by tools", () => {
  assert.ok(program({}).server.hasTools);
  assert.ok(program({ serverTools: {}, serverResources: {} }).server.hasTools);
});

test("hits come from the structure, or else from the text", () => {
  const hits = { hits: [], matches: 0 };
  assert.deepEqual(hitsOf({ structuredContent: hits, content: [] }), hits);
  assert.deepEqual(hitsOf({ structuredContent: { photos: [1], matches: null } }).hits, [1]);
  assert.deepEqual(hitsOf({ content: [{ type: "text", text: JSON.stringify(hits) }] }), hits);
  assert.throws(() => hitsOf({ content: [{ type: "text", text: "cut o" }] }), Unable);
  assert.throws(() => hitsOf({ isError: true, content: [{ type: "text", text: "Too long." }] }), {
    message: "Too long.",
  });
});
