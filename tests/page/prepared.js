// What the sample pictures lack and tests of single pictures need: copies, videos, labels, hostile names.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const PYTHON = process.env.CLIPSEARCH_PYTHON ?? ".venv/bin/python";
const VIDEOS = `
import sys
from pathlib import Path
from tests.indexer.video.writing import THREE, write
folder = Path(sys.argv[1])
write(folder / "holiday.mp4", THREE)
write(folder / "old.avi", THREE, codec="mpeg4")
`;

export const HOSTILE = "<img src=x onerror=alert(1)> صورة.jpg";

/**
 * Put more into a folder of pictures, index it, and label what is in it.
 * @param {string} pictures
 * @param {(...words: string[]) => string} run  a command of clipsearch
 */
export function prepare(pictures, run) {
  mkdirSync(join(pictures, "2019", "summer"), { recursive: true });
  copyFileSync(join(pictures, "car-red.jpg"), join(pictures, "2019", "summer", "copy of the car.jpg"));
  copyFileSync(join(pictures, "teapot.webp"), join(pictures, "2019", HOSTILE));
  execFileSync(PYTHON, ["-c", VIDEOS, pictures], { stdio: "inherit" });
  run("index", pictures);
  run("label", "--classes", "car,cup", "--name", "things");
}
