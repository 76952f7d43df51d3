// A served library and a browser for the tests of the page: the real server on a copy of the library that
// CLIPSEARCH_PAGE_LIBRARY names (test_page.py makes it: the sample pictures with the built-in model), and Chromium.

import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";

const BROWSER = process.env.CLIPSEARCH_CHROMIUM ?? "/usr/bin/chromium";
const PYTHON = process.env.CLIPSEARCH_PYTHON ?? ".venv/bin/python";
const COMMAND = ["-c", "from cli.main import main; main()"];
const LONG = 600_000; // milliseconds that nothing takes, however busy the machine is

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** @type {[library: string, server: ChildProcess][]} */
const servers = [];
/** @type {Set<import("playwright-core").Browser>} */
const browsers = new Set();

/**
 * Serve a copy of a library; it ends with the tests of the file.
 * @param {string[]} [options]
 * @param {string} [original]  the sample library, if left out
 * @returns {Promise<{ address: string, library: string }>}
 */
export async function serve(options = [], original = undefined) {
  const { library } = copyLibrary(original);
  const { address } = await start(library, options);
  return { address, library };
}

/**
 * Serve a copy of the library whose pictures are copies, too, so that something may be written beside them.
 * `kill` ends the server at once, as a power cut does; `again` starts it anew at the same address.
 * `before` is Python that runs first in the server.
 * @param {{ options?: string[], before?: string, prepare?: (pictures: string, run: (...words: string[]) => string) => void }} [how]
 */
export async function serveCopies({ options = [], before = "", prepare = () => {} } = {}) {
  const { folder, library } = copyLibrary();
  const run = (/** @type {string[]} */ ...words) =>
    execFileSync(PYTHON, [...COMMAND, ...words, "--library", library], { encoding: "utf8" });
  const [{ path }] = JSON.parse(run("roots", "list", "--format", "json"));
  const pictures = join(folder, basename(path));
  cpSync(path, pictures, { recursive: true });
  run("roots", "move", path, pictures);
  prepare(pictures, run);
  let { server, address } = await start(library, options, `${before}\n${COMMAND[1]}`);
  const kill = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;
  };
  const again = async (/** @type {string[]} */ ...more) => {
    ({ server } = await start(library, ["--port", new URL(address).port, ...options, ...more]));
  };
  return { address, library, pictures, run, kill, again };
}

/**
 * Index sample pictures under other names; the files go with the tests of the file.
 * @param {Record<string, string>} files  each name, which may have folders, and the sample picture it is
 * @returns {string} the library
 */
export function indexed(files) {
  const folder = mkdtempSync(join(tmpdir(), "clipsearch-page-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const pictures = join(folder, "pictures");
  for (const [name, sample] of Object.entries(files)) {
    mkdirSync(dirname(join(pictures, name)), { recursive: true });
    copyFileSync(join("sample_images", sample), join(pictures, name));
  }
  const library = join(folder, "library");
  execFileSync(PYTHON, [...COMMAND, "index", pictures, "--library", library, "--model", "builtin"], {
    stdio: "ignore",
  });
  return library;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Return the serious and critical faults that axe-core finds in what a page or a frame of it shows.
 * @param {Pick<import("playwright-core").Page, "evaluate">} page
 * @returns {Promise<string[]>}
 */
export async function faults(page) {
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect, playState }) => playState === "running" && effect?.getComputedTiming().endTime !== Infinity)
        .map(({ finished }) => finished),
    ),
  );
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  return violations
    .filter((/** @type {any} */ { impact }) => impact === "serious" || impact === "critical")
    .map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ node) => node.html).join(" ")}`);
}

/**
 * Wait until all pictures of the grid in sight are there, with what is said of them.
 * @param {import("playwright-core").Page} page
 */
export async function settled(page) {
  await page.waitForFunction(
    () =>
      !document.querySelector("photo-grid")?.hasAttribute("aria-busy") &&
      [...document.querySelectorAll(".cell")].every((cell) => cell.getAttribute("aria-label")),
  );
}

/** Return a copy of a library in a folder that goes when the tests of the file end. */
export function copyLibrary(original = process.env.CLIPSEARCH_PAGE_LIBRARY ?? "") {
  const folder = mkdtempSync(join(tmpdir(), "clipsearch-page-"));
  const library = join(folder, "library");
  cpSync(original, library, { recursive: true });
  after(async () => {
    await closeBrowsers();
    await Promise.all(servers.filter(([served]) => served === library).map(([, server]) => ended(server)));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  return { folder, library };
}

/**
 * Close browsers, all before the servers that their pages go on asking; what is being answered then is no fault.
 * @param {import("playwright-core").Browser[]} [open]
 */
async function closeBrowsers(open = [...browsers]) {
  for (const browser of open) browsers.delete(browser);
  const pages = open.flatMap((browser) => browser.contexts().flatMap((context) => context.pages()));
  await Promise.all(pages.map((page) => page.unrouteAll({ behavior: "ignoreErrors" })));
  await Promise.all(open.map((browser) => browser.close()));
}

/** End a server, which writes to its library until then. @param {ChildProcess} server */
function ended(server) {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve(null);
    server.once("exit", resolve);
    return server.kill("SIGINT");
  });
}

/**
 * @param {string} library
 * @param {string[]} options
 * @param {string} [program]
 */
async function start(library, options, program = COMMAND[1]) {
  const port = options.includes("--port") ? [] : ["--port", "0"];
  const asked = ["-c", program, "serve", "--no-open", ...port, "--library", library, ...options];
  const server = spawn(PYTHON, asked, { stdio: ["ignore", "pipe", "inherit"] });
  servers.push([library, server]);
  return { server, address: await firstAddress(server) };
}

/**
 * @param {ChildProcess} server
 * @returns {Promise<string>}
 */
function firstAddress(server) {
  return new Promise((resolve, reject) => {
    let printed = "";
    const late = setTimeout(() => reject(new Error(`no address was printed: ${printed}`)), LONG);
    server.stdout?.on("data", (piece) => {
      printed += piece;
      const [address] = /http:\/\/\S+(?=\s)/.exec(printed) ?? [];
      if (address) [clearTimeout(late), resolve(address.replace(/\/$/, ""))];
    });
    server.on("exit", (status) => reject(new Error(`the server ended with ${status}: ${printed}`)));
  });
}

/**
 * Open a page of a browser that ends with the test, or outside of one with the tests of the file; whatever it logs as an error fails `complaints`.
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function browse(options = {}) {
  const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
  browsers.add(browser);
  after(() => closeBrowsers([browser])); // in a test, at the end of that: others stay open
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(LONG);
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on(
    "console",
    (message) => message.type() === "error" && complaints.push(`${message.text()} ${message.location().url}`),
  );
  return { page, complaints, context };
}
