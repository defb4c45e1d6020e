import type { Browser, BrowserContext, Page } from "playwright-core";
import { observe, type Observer, type Sighting, type Step } from "./observer.ts";

/** How people come in: "lobby" counts from the click, "direct" from the first line of the page's script. */
export type Way = "lobby" | "direct";

/** Longest wait for a picture, ms; then the visit counts as one without. */
const PICTURE_DEADLINE_MS = 10_000;

/** Longest wait for a page or a control, ms. */
const PAGE_DEADLINE_MS = 30_000;

/** A person's time between the lobby being ready and the click, ms; drawn anew each time, so that no rhythm of the publisher is met. */
const HESITATION_MS = { least: 300, most: 1_000 };

/** How far the page's marks may be from what the observer saw, ms: two frames of the camera. */
const TOLERANCE_MS = 100;

/** Less than this is no picture; the made-up camera's has about 120. */
const LEAST_CONTRAST = 30;

/** The marks that the web app leaves. Source: web/src/call/first_line.ts, first_frame.ts. */
const MARKS = { line: "tafelrunde:first-line", click: "tafelrunde:click", frame: "tafelrunde:first-frame" };

/** How one visit went; `ms` undefined: no picture. */
export interface Visit {
  readonly ms: number | undefined;
  readonly steps: readonly Step[];
}

/** Opens a meeting as the publisher and stays; gives the meeting's link. */
export async function publish(browser: Browser, origin: string, person: string): Promise<string> {
  const page = await openTab(await newProfile(browser));
  await page.goto(`${origin}/?lang=en`);
  await page.getByRole("button", { name: "Create meeting" }).click();
  await page.getByLabel("Your name").fill(person);
  await page.getByRole("button", { name: "Join meeting" }).click();
  await page.locator(`[role=group][aria-label="${person}"] video`).waitFor();
  await page.getByRole("button", { name: "Turn camera off" }).waitFor();
  return page.url();
}

/**
 * Visits the meeting of `link` in a new tab of `profile`, waits for the picture of `person`, and leaves. By the direct way, the profile's
 * person has been there before. Throws when the page's marks are not true.
 */
export async function visit(
  profile: BrowserContext,
  link: string,
  { way, person, trace }: { way: Way; person: string; trace: boolean },
): Promise<Visit> {
  const page = await openTab(profile);
  try {
    await page.addInitScript(observe, { person, trace });
    if (way === "direct") {
      const url = new URL(link);
      url.searchParams.set("join", "");
      await page.goto(url.href, { waitUntil: "commit" });
    } else {
      await page.goto(link);
      await page.getByLabel("Your name").fill("Viewer");
      await page.waitForFunction(() => joinBench.isWarm());
      const { least, most } = HESITATION_MS;
      await page.waitForTimeout(least + Math.random() * (most - least));
      await page.getByRole("button", { name: "Join meeting" }).click();
    }
    const sighting = await page.evaluate(
      (deadlineMs) =>
        Promise.race([
          joinBench.sighting,
          new Promise<undefined>((none) => setTimeout(() => none(undefined), deadlineMs)),
        ]),
      PICTURE_DEADLINE_MS,
    );
    const steps: Observer["steps"] = trace ? await page.evaluate(() => joinBench.steps) : [];
    if (sighting === undefined) return { ms: undefined, steps };
    const ms = durationOf(sighting, way);
    await page.getByRole("button", { name: "Leave meeting" }).click();
    await page.getByRole("button", { name: "Leave meeting" }).waitFor({ state: "detached" });
    return { ms, steps };
  } catch (error) {
    if (trace) console.error("steps until then:", await page.evaluate(() => joinBench.steps));
    throw error;
  } finally {
    await page.close();
  }
}

/** A profile in which nothing is cached and nobody known. */
export async function newProfile(browser: Browser): Promise<BrowserContext> {
  const profile = await browser.newContext({ locale: "en", viewport: { width: 1280, height: 720 } });
  profile.setDefaultTimeout(PAGE_DEADLINE_MS);
  return profile;
}

async function openTab(profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage();
  page.on("pageerror", (error) => console.error("page:", error));
  page.on("console", (message) => {
    if (message.type() === "warning" || message.type() === "error") console.error("page:", message.text());
  });
  return page;
}

/** What the page's marks say, ms. Throws when the observer saw something else. */
function durationOf({ clickedAt, seenAt, contrast, marks }: Sighting, way: Way): number {
  const begunAt = marks[way === "lobby" ? MARKS.click : MARKS.line];
  const frameAt = marks[MARKS.frame];
  if (begunAt === undefined || frameAt === undefined) {
    throw new Error(`the page has not marked its ${begunAt === undefined ? "beginning" : "first frame"}`);
  }
  const seenMs = seenAt - (clickedAt ?? begunAt);
  const ms = frameAt - begunAt;
  if (Math.abs(seenMs - ms) > TOLERANCE_MS) {
    throw new Error(`the page says ${Math.round(ms)} ms, the observer ${Math.round(seenMs)} ms`);
  }
  if (contrast < LEAST_CONTRAST) throw new Error(`the picture is none: contrast ${contrast}`);
  return ms;
}
