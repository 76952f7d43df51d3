// A served library and a browser for the tests of the page: the real server on a copy of the library that
// CLIPSEARCH_PAGE_LIBRARY names (test_page.py makes it: the sample pictures with the built-in model), and Chromium.

import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";

const BROWSER = process.env.CLIPSEARCH_CHROMIUM ?? "/usr/bin/chromium";
const PYTHON = process.env.CLIPSEARCH_PYTHON ?? ".venv/bin/python";
const STARTS_WITHIN = 60_000;

/**
 * Serve a copy of the library; it ends with the tests of the file.
 * @param {string[]} [options]
 * @returns {Promise<{ address: string, library: string }>}
 */
export async function serve(options = []) {
  const folder = mkdtempSync(join(tmpdir(), "clipsearch-page-"));
  const library = join(folder, "library");
  cpSync(process.env.CLIPSEARCH_PAGE_LIBRARY ?? "", library, { recursive: true });
  const asked = ["-m", "cli.main", "serve", "--no-open", "--port", "0", "--library", library, ...options];
  const server = spawn(PYTHON, asked, { stdio: ["ignore", "pipe", "inherit"] });
  after(() => {
    server.kill("SIGINT");
    rmSync(folder, { recursive: true, force: true });
  });
  return { address: await firstAddress(server), library };
}

/**
 * @param {import("node:child_process").ChildProcess} server
 * @returns {Promise<string>}
 */
function firstAddress(server) {
  return new Promise((resolve, reject) => {
    let printed = "";
    const late = setTimeout(() => reject(new Error(`no address was printed: ${printed}`)), STARTS_WITHIN);
    server.stdout?.on("data", (piece) => {
      printed += piece;
      const [address] = /http:\/\/\S+/.exec(printed) ?? [];
      if (address) [clearTimeout(late), resolve(address.replace(/\/$/, ""))];
    });
    server.on("exit", (status) => reject(new Error(`the server ended with ${status}: ${printed}`)));
  });
}

/**
 * Open a page of a browser that ends with the tests of the file; whatever it logs as an error fails `complaints`.
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function browse(options = {}) {
  const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
  after(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  return { page, complaints, context };
}
