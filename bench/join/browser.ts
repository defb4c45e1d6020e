import { type Browser, chromium } from "playwright-core";
import { ROOT } from "../../tools/places.ts";
import { findChromium } from "../../tools/setup/for_tests.ts";
import { type Netlab, writeLauncher } from "../netlab/netlab.ts";

/**
 * Starts Chromium on `host`, with a fake camera and microphone that `origin` can use without a prompt; the
 * camera sends `fps` frames per second.
 */
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
    // The owner closes the browsers first, and then what they depend on.
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
