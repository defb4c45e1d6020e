import assert from "node:assert/strict";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { findChromium, findChromiumShell } from "../tools/setup/for_tests.ts";
import { installProbe, lookAt, type Picture } from "./browser_probe.ts";
import {
  type Colour,
  FRAMES_PER_SECOND,
  type Likeness,
  LIKENESSES,
  makePicture,
  makeTone,
  type PictureSize,
} from "./media_rig.ts";

/** Longest wait for an expected event, ms; far more than a busy machine needs. */
const DEADLINE_MS = 40_000;

/** Frames that must be decoded in sequence before a picture counts as moving. */
const MOVING_FRAMES = 8;

/** Tolerance of each colour channel after encoding, scaling and decoding. */
const COLOUR_TOLERANCE = 45;

/** Time without a tone that counts as silence, ms: three times the pause between two beeps. */
const SILENCE_MS = 1_500;

/**
 * What all browsers of tests are started with. The graphics process as a thread, one thread for drawing, and
 * echo cancellation in the page's process take a tenth less CPU time.
 */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--allow-loopback-in-peer-connection",
  "--in-process-gpu",
  "--num-raster-threads=1",
  "--disable-features=WebRtcHideLocalIpsWithMdns,ChromeWideEchoCancellation",
];

/** The devices of a browser's computer, and whether its user grants access to them. */
export interface Devices {
  /** What the camera films and the microphone hears; one of LIKENESSES by default. */
  readonly likeness?: Likeness;
  readonly size?: PictureSize;
  /** Number of cameras; one by default. */
  readonly cameras?: number;
  readonly allowed?: boolean;
  /**
   * Whether cameras film the likeness (the default); otherwise each shows Chromium's own pattern, so that
   * several can be told apart.
   */
  readonly films?: boolean;
  /**
   * Part of the title of the tab that the browser's picker selects as a screen; otherwise it selects a fake
   * screen.
   */
  readonly picksTab?: string;
  /** Whether it keeps left pages in the back/forward cache, as browsers do and Playwright disables. */
  readonly keepsPages?: boolean;
  /**
   * Whether to run the whole Chromium: its headless shell changes device ids with each page load, cannot deny
   * the camera alone, and takes no insecure origin as secure.
   */
  readonly isWhole?: boolean;
  /** Further Chromium switches. */
  readonly flags?: readonly string[];
}

/** Initial preferences of a browser's profile. Source: Chromium's Preferences file. */
export type Profile = Readonly<Record<string, unknown>>;

/** Another host that the browser runs on, and the pages' origin there. */
export interface BrowserHost {
  /** Runs Chromium there. */
  readonly executablePath: string;
  readonly origin: string;
}

/** One Chromium. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #directory: string;
  /**
   * Granted to every profile; undefined: the browser's own prompts decide. An empty list would refuse all.
   */
  readonly #permissions: string[] | undefined;

  private constructor(browser: Browser, directory: string, permissions: string[] | undefined) {
    this.#browser = browser;
    this.#directory = directory;
    this.#permissions = permissions;
  }

  static async launch(
    devices: Devices = {},
    host?: BrowserHost,
  ): Promise<TestBrowser> {
    const directory = await Deno.makeTempDir({ prefix: "tafelrunde-browser-" });
    const flags = [
      ...await plugIn(devices, directory),
      ...host === undefined ? [] : [`--unsafely-treat-insecure-origin-as-secure=${host.origin}`],
    ];
    const { picksTab, keepsPages = false, isWhole = false } = devices;
    const executablePath = host?.executablePath ??
      await findProgram(picksTab !== undefined || keepsPages || isWhole);
    // Chromium's fake answers to prompts would replace the picker.
    const permissions = picksTab === undefined ? undefined : ["camera", "microphone"];
    // A tab with audible sound must not be muted, as Playwright does by default.
    const ignoreDefaultArgs = [
      ...picksTab === undefined ? [] : ["--mute-audio"],
      ...keepsPages ? ["--disable-back-forward-cache"] : [],
    ];
    const browser = await chromium.launch({ executablePath, args: flags, ignoreDefaultArgs });
    return new TestBrowser(browser, directory, permissions);
  }

  /** A person with their own profile: cookies, storage, one tab. */
  async newPerson(name: string): Promise<Person> {
    const context = await this.#browser.newContext({
      locale: "en",
      viewport: { width: 960, height: 640 },
      reducedMotion: "reduce",
      ...this.#permissions && { permissions: this.#permissions },
    });
    return await Person.sitDown(context, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** A Chromium with a persistent profile: it can be closed, killed, and opened again. */
export class KeptBrowser implements AsyncDisposable {
  readonly #directory: string;
  readonly #flags: readonly string[];
  readonly #isWhole: boolean;
  #context: BrowserContext | undefined;

  private constructor(directory: string, flags: readonly string[], isWhole: boolean) {
    this.#directory = directory;
    this.#flags = flags;
    this.#isWhole = isWhole;
  }

  static async make(devices: Devices = {}, profile?: Profile): Promise<KeptBrowser> {
    const directory = await Deno.makeTempDir({ prefix: "tafelrunde-browser-" });
    await Deno.mkdir(`${directory}/profile/Default`, { recursive: true });
    await Deno.writeTextFile(`${directory}/profile/Default/Preferences`, JSON.stringify(profile ?? {}));
    return new KeptBrowser(directory, await plugIn(devices, directory), profile !== undefined);
  }

  /** Starts it; `restores`: with the tabs of the last session. */
  async open({ restores = false } = {}): Promise<BrowserContext> {
    const executablePath = await findProgram(this.#isWhole);
    this.#context = await chromium.launchPersistentContext(`${this.#directory}/profile`, {
      executablePath,
      args: [...this.#flags],
      ignoreDefaultArgs: restores ? ["about:blank"] : [],
      locale: "en",
      viewport: { width: 960, height: 640 },
    });
    this.#context.setDefaultTimeout(DEADLINE_MS);
    return this.#context;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  /**
   * Shuts it down with SIGTERM, like a machine that is switched off, once its session file contains an
   * address with `text`. After `kill -9` it would not restore tabs by itself once it is ten seconds old: by
   * then it has recorded that it is running, and treats the end as a crash.
   */
  async shutDownWhenNoted(text: string): Promise<void> {
    const folder = `${this.#directory}/profile/Default/Sessions`;
    const decoder = new TextDecoder("latin1");
    await until(
      () =>
        Promise.resolve(
          [...Deno.readDirSync(folder)].some(({ name }) =>
            decoder.decode(Deno.readFileSync(`${folder}/${name}`)).includes(text)
          ),
        ),
      () => `the browser has not noted ${text}`,
    );
    const closed = new Promise((resolve) => this.#context!.once("close", resolve));
    const isMain = (pid: number) => !Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("--type=");
    Deno.kill(this.processes().find(isMain)!, "SIGTERM");
    await until(() => Promise.resolve(this.processes().length === 0), () => "the browser lives on");
    await closed;
    this.#context = undefined;
  }

  /** Its processes: those whose command line contains its profile path. */
  processes(): number[] {
    return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
      try {
        const command = /^\d+$/.test(name) ? Deno.readTextFileSync(`/proc/${name}/cmdline`) : "";
        return command.includes(this.#directory) ? [Number(name)] : [];
      } catch {
        return [];
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/**
 * Returns the Chromium to run: the headless shell, or the whole one, which has profiles, the back/forward
 * cache and pickers, too.
 */
async function findProgram(isWhole: boolean): Promise<string> {
  const found = await (isWhole ? findChromium() : findChromiumShell());
  assert.ok(found, "no Chromium: CHROMIUM_BIN names one, npm test installs one");
  return found;
}

/**
 * Creates the files that devices play, in `directory`; returns the Chromium switches for them and all others.
 */
async function plugIn(devices: Devices, directory: string): Promise<string[]> {
  const { likeness = LIKENESSES.Anna, size, cameras = 1, allowed = true, films = true } = devices;
  const { picksTab, flags = [] } = devices;
  await Deno.writeFile(`${directory}/picture.y4m`, makePicture(likeness.colour, size));
  await Deno.writeFile(`${directory}/tone.wav`, makeTone(likeness.toneHz));
  return [
    ...FLAGS,
    `--use-fake-device-for-media-stream=device-count=${cameras},fps=${FRAMES_PER_SECOND}`,
    // A file acts as a camera even without any plugged in.
    ...(cameras > 0 && films ? [`--use-file-for-fake-video-capture=${directory}/picture.y4m`] : []),
    `--use-file-for-fake-audio-capture=${directory}/tone.wav`,
    picksTab !== undefined
      ? `--auto-select-tab-capture-source-by-title=${picksTab}`
      : allowed
      ? "--use-fake-ui-for-media-stream"
      : "--deny-permission-prompts",
    ...flags,
  ];
}

/**
 * A person at a browser: what they do, see and hear. Every wait fails the test if its condition does not come
 * true.
 */
export class Person implements AsyncDisposable {
  readonly name: string;
  readonly page: Page;
  /** Uncaught errors of the page. */
  readonly faults: string[] = [];
  readonly #context: BrowserContext;

  private constructor(name: string, context: BrowserContext, page: Page) {
    this.name = name;
    this.page = page;
    this.#context = context;
    page.on("pageerror", (error) => this.faults.push(String(error.stack ?? error)));
  }

  static async sitDown(context: BrowserContext, name: string): Promise<Person> {
    context.setDefaultTimeout(DEADLINE_MS);
    await context.addInitScript(installProbe);
    return new Person(name, context, await context.newPage());
  }

  /** Creates a meeting on the home page; resolves with its link once the lobby is ready. */
  async createMeeting(origin: string): Promise<string> {
    await this.page.goto(origin);
    await this.press("Create meeting");
    await this.page.waitForURL(/\/r\/[^#]+#.+/);
    await this.button("Join meeting").waitFor();
    return this.page.url();
  }

  /** Joins from the lobby, which it opens first if `link` is given; resolves in the meeting. */
  async join(link?: string): Promise<void> {
    if (link !== undefined) await this.page.goto(link);
    await this.page.getByRole("textbox", { name: "Your name" }).fill(this.name);
    await this.press("Join meeting");
    await this.isIn();
  }

  /** Joins with camera and microphone off, which needs a fifth of the processor time. */
  async joinUnseen(link?: string): Promise<void> {
    if (link !== undefined) await this.page.goto(link);
    await this.press("Turn camera off");
    await this.press("Mute microphone");
    await this.join();
  }

  /** Resolves when the meeting is on the screen. */
  async isIn(): Promise<void> {
    await this.button("Leave meeting").waitFor();
    await this.tile(this.name).waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async press(button: string): Promise<void> {
    await this.button(button).click();
  }

  /** The tile of a participant, or of a screen ("Anna's screen"). */
  tile(name: string): Locator {
    return this.page.getByRole("group", { name, exact: true });
  }

  /** A participant's row in the list of participants, which must be open. */
  row(name: string): Locator {
    return this.page.getByRole("complementary", { name: "Participants" }).getByRole("listitem")
      .filter({ hasText: name });
  }

  /** Writes into the chat, which must be open. */
  async says(text: string): Promise<void> {
    const field = this.page.getByRole("textbox", { name: "Message" });
    await field.fill(text);
    await field.press("Enter");
  }

  /** Waits until the chat, which must be open, contains `text`. */
  async reads(text: string): Promise<void> {
    await this.page.getByRole("log").getByText(text, { exact: true }).waitFor();
  }

  /** The lines of the chat, which must be open. */
  async conversation(): Promise<string[]> {
    return (await this.page.getByRole("log").innerText()).split("\n").map((line) => line.trim());
  }

  /** What the tile shows now; undefined: no picture. */
  async pictureOf(name: string): Promise<Picture | undefined> {
    return await this.tile(name).locator("video").evaluateAll(lookAt);
  }

  /**
   * Waits until the tile of a participant, or the screen of this name, shows a moving picture that is not
   * black, of this colour if given.
   */
  async sees(name: string, colour?: Colour): Promise<void> {
    let first: Picture | undefined;
    let last: Picture | undefined;
    await until(
      async () => {
        last = await this.pictureOf(name);
        // A picture that restarts counts its frames from zero.
        if (last === undefined || first === undefined || last.frames < first.frames) first = last;
        return last !== undefined && last.frames >= first!.frames + MOVING_FRAMES && isLit(last.colour) &&
          (colour === undefined || isLike(last.colour, colour));
      },
      () => `${this.name} does not see ${name}: first ${JSON.stringify(first)}, last ${JSON.stringify(last)}`,
    );
  }

  /** Whether the picture in a tile, which must exist, is mirrored. */
  async seesMirrored(name: string): Promise<boolean> {
    const transform = await this.tile(name).locator("video").last()
      .evaluate((video) => getComputedStyle(video).transform);
    return transform !== "none" && new DOMMatrix(transform).a < 0;
  }

  /** Waits until a participant's picture is received with this width, pixels. */
  async seesWidth(name: string, width: number): Promise<void> {
    let last: number | undefined;
    await until(
      async () => (last = (await this.pictureOf(name))?.width) === width,
      () => `${this.name} sees ${name} ${last} pixels wide instead of ${width}`,
    );
  }

  /** Waits until the camera is sent in these simulcast layers: widths in pixels, smallest first. */
  async sendsWidths(widths: readonly number[]): Promise<void> {
    let last: number[] = [];
    await until(
      async () => (last = await this.page.evaluate(() => probe.widthsSent())).join() === widths.join(),
      () => `${this.name} sends layers of ${last} pixels instead of ${widths}`,
    );
  }

  /** The ports of each current connection: to send, to receive. */
  async ports(): Promise<number[][]> {
    return await this.page.evaluate(() => probe.ports());
  }

  /** Waits until the tile exists without a picture. */
  async seesNoPictureOf(name: string): Promise<void> {
    await until(
      async () => await this.tile(name).isVisible() && await this.tile(name).locator("video").count() === 0,
      () => `${this.name} still sees a picture of ${name}`,
    );
  }

  /** Starts watching a participant's picture, for `longestStillMs` and `keptSeeing`. */
  async watch(name: string): Promise<void> {
    await this.page.evaluate((name) => probe.watch(name), name);
  }

  /** Waits until the watched picture has progressed; fails if it was missing meanwhile, or restarted. */
  async keptSeeing(): Promise<void> {
    let frames: number | undefined;
    await until(
      async () => {
        frames = await this.page.evaluate(() => probe.framesSince());
        assert.notEqual(frames, undefined, `${this.name}'s picture was gone, or began anew`);
        return frames! >= MOVING_FRAMES;
      },
      () => `the picture that ${this.name} watches stands still after ${frames} frames`,
    );
  }

  /** Longest time that the watched picture froze or was missing, ms. */
  async longestStillMs(): Promise<number> {
    return await this.page.evaluate(() => probe.longestStillMs());
  }

  /** Starts listening, for `hears` and `doesNotHear`. */
  async listen(): Promise<void> {
    const tonesHz = Object.values(LIKENESSES).map(({ toneHz }) => toneHz);
    await this.page.evaluate((tonesHz) => probe.listenFor(tonesHz), tonesHz);
  }

  /** Waits until a tone is played. */
  async hears({ toneHz }: Likeness): Promise<void> {
    await until(
      async () => (await this.#heardMsAgo(toneHz)).heard < SILENCE_MS / 2,
      () => `${this.name} does not hear ${toneHz} Hz`,
    );
  }

  /** Waits until a tone has not been heard for a while. */
  async doesNotHear({ toneHz }: Likeness): Promise<void> {
    await until(
      async () => {
        const { heard, listening } = await this.#heardMsAgo(toneHz);
        return Math.min(heard, listening) > SILENCE_MS;
      },
      () => `${this.name} still hears ${toneHz} Hz`,
    );
  }

  /** Opens a panel, "Chat" or "Participants". */
  async opens(panel: "Chat" | "Participants"): Promise<void> {
    const isOpen = await this.button(panel).getAttribute("aria-expanded") === "true";
    if (!isOpen) await this.press(panel);
    await this.page.getByRole("complementary", { name: panel }).waitFor();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    assert.deepEqual(this.faults, [], `${this.name}'s page threw`);
  }

  async #heardMsAgo(toneHz: number): Promise<{ heard: number; listening: number }> {
    return await this.page.evaluate(
      (toneHz) => ({ heard: probe.heardMsAgo(toneHz), listening: probe.listeningMs() }),
      toneHz,
    );
  }
}

/** Waits until the page has this width, pixels: the layout follows a window's resize some frames later. */
export async function hasWidth(page: Page, width: number): Promise<void> {
  let last: number | undefined;
  await until(
    async () => (last = await page.evaluate(() => document.documentElement.scrollWidth)) === width,
    () => `${page.url()} is ${last} pixels wide`,
  );
}

/**
 * Polls a condition, quickly at first and then ten times a second; throws `complaint()` if it is not true
 * within `deadlineMs`.
 */
export async function until(
  isSo: () => Promise<boolean>,
  complaint: () => string,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const begunAt = Date.now();
  for (let pauseMs = 10; !await isSo(); pauseMs = Math.min(2 * pauseMs, 100)) {
    if (Date.now() - begunAt > deadlineMs) throw new Error(complaint());
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

const isLit = ({ red, green, blue }: Colour) => red + green + blue > 60;

function isLike(seen: Colour, wanted: Colour): boolean {
  return (["red", "green", "blue"] as const).every((channel) =>
    Math.abs(seen[channel] - wanted[channel]) < COLOUR_TOLERANCE
  );
}
