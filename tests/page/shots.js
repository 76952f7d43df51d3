// The pictures of the page for the README, from the sample library: `npm run shots -- FOLDER` (or docs/make_pictures.py).
// They are taken of the real server, and small enough for a README: below 250 kB each.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const BROWSER = process.env.CLIPSEARCH_CHROMIUM ?? "/usr/bin/chromium";
const PYTHON = process.env.CLIPSEARCH_PYTHON ?? ".venv/bin/python";
const COMMAND = ["-c", "from cli.main import main; main()"];
const LARGEST = 250_000; // bytes
const SMALLER =
  "import sys; from PIL import Image; Image.open(sys.argv[1]).convert('RGB').save(sys.argv[2], quality=90)";
const WINDOW = { width: 1280, height: 800 };

/** @typedef {import("playwright-core").Page} Page */

/** @type {Record<string, { path: string, show?: (page: Page) => Promise<void> }>} */
const PICTURES = {
  "page-photos": {
    path: "/?q=a+car",
    show: async (page) => page.locator(".cell").nth(1).focus(),
  },
  "page-labels": {
    path: "/labels?set=1",
    show: async (page) => {
      for (const key of "0202") {
        await page.keyboard.press(key); // what a person says of the least certain ones
        await page.waitForTimeout(500);
      }
      await settled(page);
    },
  },
};

/**
 * @param {string} library
 * @param {...string} words
 */
function run(library, ...words) {
  execFileSync(PYTHON, [...COMMAND, ...words, "--library", library], { stdio: ["ignore", "ignore", "inherit"] });
}

/**
 * Serve a library; returns the address and what ends it.
 * @param {string} library
 * @returns {Promise<{ address: string, stop: () => void }>}
 */
function serve(library) {
  const asked = [...COMMAND, "serve", "--no-open", "--port", "0", "--library", library];
  const server = spawn(PYTHON, asked, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    server.stdout.on("data", (piece) => {
      const [address] = /http:\/\/\S+/.exec(String(piece)) ?? [];
      if (address) resolve({ address: address.replace(/\/$/, ""), stop: () => server.kill("SIGINT") });
    });
    server.on("exit", (status) => reject(new Error(`the server ended with ${status}`)));
  });
}

/**
 * Wait until all is there that is to be seen.
 * @param {Page} page
 */
async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("photo-thumb")].every((thumb) => {
      const box = thumb.getBoundingClientRect();
      return box.top > innerHeight || box.bottom < 0 || thumb.classList.contains("loaded");
    }),
  );
}

const [folder = "docs/pictures"] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "clipsearch-shots-"));
const library = join(work, "library");
run(library, "index", "sample_images", "--model", "builtin");
run(library, "label", "--classes", "cup,car,fruit", "--name", "things");
const { address, stop } = await serve(library);
const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
try {
  for (const [name, { path, show }] of Object.entries(PICTURES)) {
    const page = await browser.newPage({ viewport: WINDOW });
    await page.goto(address + path);
    await settled(page);
    await show?.(page);
    const file = join(folder, `${name}.webp`);
    const png = join(work, `${name}.png`);
    await page.screenshot({ path: png });
    await page.close();
    execFileSync(PYTHON, ["-c", SMALLER, png, file]);
    const { size } = statSync(file);
    if (size > LARGEST) throw new Error(`${file} has ${size} bytes; show less on it`);
  }
} finally {
  await browser.close();
  stop();
  rmSync(work, { recursive: true, force: true });
}
