import { type Browser, chromium } from "playwright-core";
import { ROOT } from "../../tools/places.ts";
import { findChromium } from "../../tools/setup/for_tests.ts";
import { type Netlab, writeLauncher } from "../netlab/netlab.ts";

/** Starts Chromium on `host`, with a made-up camera and microphone that `origin` may use without asking; the camera gives `fps` pictures a second. */
export async function launchBrowser<Name extends string>(
  net: Netlab<Name>,
  host: Name,
  origin: string,
  folder: string,
  fps: number,
): Promise<Browser> {
  const executablePath = `${folder}/chromium-${host}`;
  await writeLauncher(net, host, await findChromium() ?? "chromium", { path: executablePath, cwd: ROOT });
  return await chromium.launch({
    executablePath,
    // Whoever started the browsers ends them, and what they stand on after them.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      `--use-fake-device-for-media-stream=fps=${fps}`,
      "--use-fake-ui-for-media-stream",
      `--unsafely-treat-insecure-origin-as-secure=${origin}`,
    ],
  });
}
