import type { Browser, BrowserContext, Page } from "playwright-core";
import { observe, type Observer, type Sighting, type Step } from "./observer.ts";

/**
 * How a participant joins: "lobby" counts from the click, "direct" from the first line of the page's script,
 * "waiting" from the moderator's click that admits them.
 */
export type Way = "lobby" | "direct" | "waiting";

/** Longest wait for a picture, ms; then the visit counts as one without. */
const PICTURE_DEADLINE_MS = 10_000;

/** Longest wait for a page or a control, ms. */
const PAGE_DEADLINE_MS = 30_000;

/**
 * Time between the lobby being ready and the click, ms; random, so that it does not align with the
 * publisher's timing.
 */
const HESITATION_MS = { least: 300, most: 1_000 };

/** Largest difference between the page's marks and the observer's times, ms: two camera frames. */
const TOLERANCE_MS = 100;

/** Contrast below which there is no picture; that of the fake camera is about 120. */
const LEAST_CONTRAST = 30;

/** The web app's marks. Source: web/src/call/first_line.ts, first_frame.ts. */
const MARKS = { line: "tafelrunde:first-line", click: "tafelrunde:click", frame: "tafelrunde:first-frame" };

/**
 * Set by the moderator's page when a participant is admitted: ms since 1970, on the clock that all of this
 * machine's pages share.
 */
declare global {
  var letInAt: number | undefined;
}

/** The result of one visit; `ms` undefined: no picture. */
export interface Visit {
  readonly ms: number | undefined;
  readonly steps: readonly Step[];
}

/** A page that publishes, and moderates its meeting. */
export interface Published {
  readonly page: Page;
  /** The meeting's link. */
  readonly link: string;
}

/** Opens a meeting as the publisher and stays. */
export async function publish(browser: Browser, origin: string, person: string): Promise<Published> {
  const page = await openTab(await newProfile(browser));
  await page.goto(`${origin}/?lang=en`);
  await page.getByRole("button", { name: "Create meeting" }).click();
  await page.getByLabel("Your name").fill(person);
  await page.getByRole("button", { name: "Join meeting" }).click();
  await page.locator(`[role=group][aria-label="${person}"] video`).waitFor();
  await page.getByRole("button", { name: "Turn camera off" }).waitFor();
  await page.evaluate(() => {
    addEventListener("click", ({ target, timeStamp }) => {
      const isLetIn = target instanceof Element && target.closest('[aria-label="Let Viewer in"]') !== null;
      if (isLetIn) globalThis.letInAt = performance.timeOrigin + timeStamp;
    }, { capture: true });
  });
  return { page, link: page.url() };
}

/**
 * Sets who has to wait in the publisher's meeting, like a moderator does, with the participants' list open.
 */
export async function setWaitingRoom(page: Page, waitingRoom: "off" | "everyone"): Promise<void> {
  const participants = page.getByRole("button", { name: "Participants", exact: true });
  if (await participants.getAttribute("aria-expanded") !== "true") await participants.click();
  await page.getByRole("button", { name: "Room settings" }).click();
  await page.getByLabel("Waiting room").selectOption(waitingRoom);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/**
 * Visits the meeting of `link` in a new tab of `profile`, waits for the picture of `person`, and leaves. For
 * a direct join, the profile has been there before. Throws if the page's marks are wrong.
 */
export async function visit(
  profile: BrowserContext,
  link: string,
  { way, person, trace, moderator }: { way: Way; person: string; trace: boolean; moderator: Page },
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
      await page.waitForFunction((hasTracks) => joinBench.isWarm(hasTracks), way === "lobby");
      if (way === "waiting") await page.getByRole("button", { name: "Ask to join" }).click();
      const letIn = moderator.getByRole("button", { name: "Let Viewer in", exact: true });
      if (way === "waiting") await letIn.waitFor();
      const { least, most } = HESITATION_MS;
      await page.waitForTimeout(least + Math.random() * (most - least));
      if (way === "waiting") await letIn.click();
      else await page.getByRole("button", { name: "Join meeting" }).click();
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
    const ms = way === "waiting"
      ? await durationSinceLetIn(page, moderator, sighting)
      : durationOf(sighting, way);
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

/** A profile with an empty cache and no remembered name. */
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

/** From the moderator's click to the page's first frame, ms. */
async function durationSinceLetIn(
  page: Page,
  moderator: Page,
  { marks, contrast }: Sighting,
): Promise<number> {
  const letInAt = await moderator.evaluate(() => globalThis.letInAt);
  const originAt = await page.evaluate(() => performance.timeOrigin);
  const frameAt = marks[MARKS.frame];
  if (letInAt === undefined || frameAt === undefined) {
    throw new Error(`nobody has marked the ${letInAt === undefined ? "click" : "first frame"}`);
  }
  if (contrast < LEAST_CONTRAST) throw new Error(`the picture is none: contrast ${contrast}`);
  return originAt + frameAt - letInAt;
}

/** The duration according to the page's marks, ms. Throws if the observer saw something else. */
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
