// A program that assistants live in, for the tests of the grid in the chat: the real `clipsearch mcp` on stdio, a page
// that shows the server's frame (chat_page.js) and, from another origin, the frame, with no more leave than MCP Apps
// give one that asks for none.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after } from "node:test";
import { browse, copyLibrary } from "./harness.js";

const PYTHON = process.env.CLIPSEARCH_PYTHON ?? ".venv/bin/python";
const APP_TYPE = "text/html;profile=mcp-app";
const TOOLS = { serverTools: {}, updateModelContext: { text: {}, structuredContent: {} } };
const CSP =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;" +
  " media-src 'self' data:; connect-src 'none'";

/** @typedef {Record<string, any>} Message */

/** The server, which is asked with JSON-RPC. */
class Mcp {
  /** @type {Map<number, (answer: Message) => void>} */
  #waiting = new Map();
  #process;
  #last = 0;
  #rest = "";
  /** What was asked. @type {{ method: string, params: Message }[]} */
  asked = [];

  /**
   * @param {string} library
   * @param {string[]} options
   */
  constructor(library, options) {
    const words = ["-c", "from cli.main import main; main()", "mcp", "--library", library, ...options];
    this.#process = spawn(PYTHON, words, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout.setEncoding("utf8").on("data", (piece) => this.#heard(piece));
    after(() => this.#process.stdin.end());
  }

  /** Shake hands as a program that shows MCP Apps. */
  async connect() {
    const capabilities = { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: [APP_TYPE] } } };
    const clientInfo = { name: "test", version: "1" };
    const answer = await this.ask("initialize", { protocolVersion: "2025-11-25", capabilities, clientInfo });
    this.#send({ method: "notifications/initialized" });
    return answer.result;
  }

  /**
   * @param {string} method
   * @param {Message} params
   * @returns {Promise<Message>}
   */
  ask(method, params) {
    this.asked.push({ method, params });
    this.#last += 1;
    const id = this.#last;
    this.#send({ id, method, params });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** @param {Message} message */
  #send(message) {
    this.#process.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  /** @param {string} piece */
  #heard(piece) {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const message of lines.filter(Boolean).map((line) => JSON.parse(line))) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }
}

/**
 * Open the chat of a library.
 * @param {{ original?: string, options?: string[], browser?: import("playwright-core").BrowserContextOptions }} [how]
 */
export async function openChat({ original, options = [], browser = {} } = {}) {
  const mcp = new Mcp(copyLibrary(original).library, options);
  const server = await mcp.connect();
  const tools = (await mcp.ask("tools/list", {})).result.tools;
  const uri = tools.find((/** @type {Message} */ { name }) => name === "search_photos")._meta.ui.resourceUri;
  const [resource] = (await mcp.ask("resources/read", { uri })).result.contents;
  const app = await served((_, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.setHeader("Content-Security-Policy", CSP);
    response.end(resource.text);
  });
  const address = await served((request, response) => answer(mcp, request, response));
  const { page, complaints } = await browse(browser);
  await page.goto(address);
  const frame = page.frameLocator("iframe");
  /**
   * Call search_photos as an assistant does, and show what it answers.
   * @param {Message} asked
   * @param {Message} [shown]  of what the program is: `capabilities`, `context`, a fixed `height`; or another `result`
   * @param {string} [name]  of another tool
   */
  const search = async (asked, shown = {}, name = "search_photos") => {
    const { result } = await mcp.ask("tools/call", { name, arguments: asked });
    const what = { app, asked, result, capabilities: TOOLS, context: { theme: "light" }, ...shown };
    await page.evaluate((all) => /** @type {any} */ (globalThis).chat.show(all), what);
    await frame
      .locator("#status:not(:empty), #headline:not(:text-is('Photos'))")
      .first()
      .waitFor({ state: "attached" });
    return result.structuredContent;
  };
  /** @param {Message} message */
  const tell = (message) => page.evaluate((all) => /** @type {any} */ (globalThis).chat.send(all), message);
  /** @returns {Promise<Message[]>} */
  const heard = () => page.evaluate(() => /** @type {any} */ (globalThis).chat.heard);
  return { mcp, server, resource, page, frame, complaints, search, tell, heard };
}

/**
 * @param {Mcp} mcp
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function answer(mcp, request, response) {
  if (request.url === "/rpc") {
    const { method, params } = JSON.parse(await textOf(request));
    return response.end(JSON.stringify(await mcp.ask(method, params)));
  }
  const isScript = request.url === "/chat_page.js";
  response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
  return response.end(readFileSync(join("tests", "page", isScript ? "chat_page.js" : "chat.html")));
}

/** @param {import("node:http").IncomingMessage} request */
async function textOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
}

/**
 * Serve until the tests of the file end; returns the address.
 * @param {import("node:http").RequestListener} listener
 * @returns {Promise<string>}
 */
async function served(listener) {
  const server = createServer(listener);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  after(() => server.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return `http://127.0.0.1:${port}`;
}
