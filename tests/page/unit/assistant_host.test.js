import assert from "node:assert/strict";
import { test } from "node:test";
import { Host, Refused } from "../../../server/agents/app/host.js";

/** A program around the frame: what it was sent, and what it says. */
function program() {
  /** @type {any[]} */
  const sent = [];
  /** @type {(event: any) => void} */
  let listener = () => {};
  const other = { postMessage: (/** @type {any} */ message) => sent.push(message) };
  const own = {
    addEventListener: (/** @type {string} */ _, /** @type {any} */ heard) => {
      listener = heard;
    },
  };
  const host = new Host(/** @type {any} */ (other), /** @type {any} */ (own));
  const says = (/** @type {any} */ message, /** @type {any} */ source = other) =>
    listener({ source, data: { jsonrpc: "2.0", ...message } });
  return { sent, host, says };
}

test("hands are shaken as MCP Apps has it", async () => {
  const { sent, host, says } = program();
  const connecting = host.connect("clipsearch");
  assert.equal(sent[0].method, "ui/initialize");
  assert.equal(sent[0].params.protocolVersion, "2026-01-26");
  assert.deepEqual(sent[0].params.appInfo, { name: "clipsearch", version: "1" });
  says({ id: sent[0].id, result: { hostCapabilities: { serverTools: {} }, hostContext: { theme: "dark" } } });
  assert.deepEqual(await connecting, { theme: "dark" });
  assert.deepEqual(host.can, { serverTools: {} });
  assert.deepEqual(sent[1], { jsonrpc: "2.0", method: "ui/notifications/initialized", params: {} });
});

test("answers find their questions, in whichever order they come", async () => {
  const { sent, host, says } = program();
  const questions = [host.request("tools/call", {}), host.request("resources/read", {})];
  says({ id: sent[1].id, result: "second" });
  says({ id: sent[0].id, error: { code: 1, message: "not allowed" } });
  await assert.rejects(
    /** @type {Promise<any>} */ (questions[0]),
    (error) => error instanceof Refused && error.message === "not allowed",
  );
  assert.equal(await questions[1], "second");
});

test("what other windows say is not heard, nor what is no JSON-RPC", async () => {
  const { sent, host, says } = program();
  /** @type {any[]} */
  const told = [];
  host.on("ui/notifications/tool-result", (params) => told.push(params));
  const message = { method: "ui/notifications/tool-result", params: { content: [] } };
  says(message, {});
  says({ ...message, jsonrpc: "1" });
  assert.deepEqual(told, []);
  says(message);
  assert.deepEqual(told, [{ content: [] }]);
  says({ id: 99, result: {} });
  assert.deepEqual(sent, []);
});

test("the program's own questions are answered", () => {
  const { sent, says } = program();
  says({ id: "a", method: "ping" });
  says({ id: "b", method: "ui/resource-teardown", params: { reason: "" } });
  says({ id: "c", method: "tools/list" });
  assert.deepEqual(
    sent.map(({ id, result, error }) => [id, result, error?.code]),
    [
      ["a", {}, undefined],
      ["b", {}, undefined],
      ["c", undefined, -32601],
    ],
  );
});
