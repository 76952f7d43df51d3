// A person who never saw the terminal, without a mouse: finds the red envelope, labels cups and cars, corrects one, sees
// the accuracy, exports and takes it back.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { browse, serveCopies } from "../harness.js";

test("the whole story, by keyboard alone", async () => {
  const served = await serveCopies();
  const { page, complaints } = await browse();
  const { keyboard } = page;
  const focused = () =>
    page.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
    );
  /** Press Tab until what has the focus is called so. @param {RegExp} name */
  const tabTo = async (name) => {
    for (let step = 0; step < 80; step += 1) {
      if (name.test(await focused())) return;
      await keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${name}`);
  };
  const sidecars = () => readdirSync(served.pictures).filter((name) => name.endsWith(".xmp"));
  await page.goto(served.address);

  // The red envelope is found, and looked at.
  await page.getByText("34 pictures").first().waitFor();
  await keyboard.press("/");
  await keyboard.type("red envelope");
  await keyboard.press("Enter");
  await page
    .getByText(/1 match\b/)
    .first()
    .waitFor();
  await tabTo(/red-envelope/);
  await keyboard.press("Enter");
  await page.getByRole("dialog").getByText("red-envelope.jpg").first().waitFor();
  await keyboard.press("Escape");

  // Cups and cars are labelled.
  await tabTo(/^Labels$/);
  await keyboard.press("Enter");
  await page.getByRole("textbox", { name: /^Classes/ }).waitFor();
  await page.getByText("There are none yet.").waitFor();
  await keyboard.type("cup,car");
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await page.waitForURL(/set=\d+/);
  await page.locator(".bench-tile").first().waitFor();

  // The least certain come first; one is corrected, and the accuracy is said.
  await tabTo(/\.(jpg|png|webp|avif|heic|tif|gif):/);
  const [name] = (await focused()).split(":");
  await keyboard.press("0");
  await page.getByRole("option", { name: new RegExp(`^${name}: other ✓`) }).waitFor();
  await page.getByText(/The model was right on [01] of 1 that you looked at: \d+–\d+%/).waitFor();

  // Labels go into sidecars, and are taken back.
  await keyboard.press("e");
  await page.getByRole("button", { name: /^Write \d+ sidecars/ }).waitFor();
  await keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).waitFor();
  assert.ok(sidecars().length > 0);
  await keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).waitFor({ state: "detached" });
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).waitFor();
  assert.deepEqual(sidecars(), []);
  await keyboard.press("Enter");
  assert.deepEqual(complaints, []);
});
