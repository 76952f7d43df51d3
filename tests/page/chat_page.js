// The page of a program that assistants live in, as far as MCP Apps goes: it shows the frame and speaks with it.
// What is asked of the server goes on to it (see chat.js); what the frame says is kept for the tests.

/** @typedef {Record<string, any>} Message */

const METHODS = ["tools/call", "resources/read"];
/** @type {HTMLIFrameElement | null} */
let frame = null;
/** @type {Message} */
let shown = {};

/**
 * Ask the server; raises what it refuses.
 * @param {string} method
 * @param {Message} params
 */
async function ask(method, params) {
  const answer = await (await fetch("/rpc", { method: "POST", body: JSON.stringify({ method, params }) })).json();
  if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
  return answer.result;
}

/** @param {Message} message */
function send(message) {
  frame?.contentWindow?.postMessage({ jsonrpc: "2.0", ...message }, "*");
}

/** @param {Message} message */
async function answer({ id, method, params }) {
  const { capabilities, context } = shown;
  if (method === "ui/initialize") {
    const hostInfo = { name: "test", version: "1" };
    return send({
      id,
      result: {
        protocolVersion: params.protocolVersion,
        hostInfo,
        hostCapabilities: capabilities,
        hostContext: context,
      },
    });
  }
  if (method === "ui/update-model-context") return send({ id, result: {} });
  if (!METHODS.includes(method)) return send({ id, error: { code: -32601, message: "no such method" } });
  try {
    send({ id, result: await ask(method, params) });
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    send({ id, error: { code, message } });
  }
}

/** @param {Message} message */
function hear({ method, params }) {
  if (method === "ui/notifications/size-changed" && shown.height === undefined && frame)
    frame.style.blockSize = `${params.height}px`;
  if (method !== "ui/notifications/initialized") return;
  send({ method: "ui/notifications/tool-input", params: { arguments: shown.asked } });
  if (shown.result) send({ method: "ui/notifications/tool-result", params: shown.result });
  else send({ method: "ui/notifications/tool-cancelled", params: { reason: "stopped" } });
}

addEventListener("message", ({ source, data }) => {
  if (source !== frame?.contentWindow) return;
  chat.heard.push(data);
  if (data.id !== undefined && data.method) answer(data);
  else hear(data);
});

const chat = {
  /** All that the frame said. @type {Message[]} */
  heard: [],
  send,
  /**
   * Show the frame for a call of search_photos.
   * @param {Message} what  `app`, `asked`, `result` (else it was cancelled), `capabilities`, `context`, `height`
   */
  show(what) {
    shown = what;
    frame?.remove();
    frame = document.createElement("iframe");
    frame.title = "Photos";
    frame.setAttribute("sandbox", "allow-scripts");
    if (what.height !== undefined) frame.style.blockSize = `${what.height}px`;
    frame.src = what.app;
    document.body.append(frame);
  },
};
/** @type {any} */ (globalThis).chat = chat;
