/// <reference lib="dom" />
import assert from "node:assert/strict";
import puppeteer, { type Browser, type ElementHandle, type JSHandle, type Page } from "puppeteer-core";
import type { Netlab } from "../bench/netlab/netlab.ts";
import { startChild } from "../tools/child_process.ts";
import { findFirefox } from "../tools/setup/for_tests.ts";
import { installProbe, lookAt, type Picture } from "./browser_probe.ts";
import { until } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { asOldestFirefox, openTransport } from "./oldest_firefox.ts";

/** Frames that must be decoded in sequence before a picture counts as moving. */
const MOVING_FRAMES = 8;

/** More energy than silence has: a tone of media_rig.ts has ten times as much within its first second. */
const AUDIBLE_ENERGY = 0.001;

/** Relays standard input to a port of 127.0.0.1, and back. */
const RELAY = `
const { readable, writable } = await Deno.connect({ hostname: "127.0.0.1", port: Number(Deno.args[0]) });
await Promise.race([
  readable.pipeTo(Deno.stdout.writable),
  Deno.stdin.readable.pipeTo(writable),
]).catch(() => {});
Deno.exit();`;

/**
 * Firefox's settings, by name. `host`: the pages' address, treated as secure although it is plain HTTP;
 * `toneHz`: what the microphone hears.
 */
function preferences(host: string, toneHz: number): Record<string, string | number | boolean> {
  return {
    "dom.securecontext.allowlist": host,
    "media.devices.insecure.enabled": true,
    "media.getusermedia.insecure.enabled": true,
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true,
    "media.navigator.audio.fake_frequency": toneHz,
    "media.peerconnection.ice.obfuscate_host_addresses": false,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "intl.accept_languages": "en",
    "intl.locale.requested": "en-US",
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "remote.active-protocols": 1,
  };
}

/**
 * A page without the functions that fail in older Firefoxes: in ESR 140 the page's CSP forbids the code that
 * these two inject, and finding elements by role (`aria/…`) takes seconds.
 */
type OldestPage = Omit<Page, "waitForFunction" | "waitForSelector">;

/** A person at a Firefox on a host of a simulated network: Firefox does not send media over loopback. */
export class FirefoxPerson implements AsyncDisposable {
  readonly name: string;
  readonly page: OldestPage;
  /** Uncaught errors of the page. */
  readonly faults: string[] = [];
  readonly #stack: AsyncDisposableStack;

  private constructor(name: string, page: Page, stack: AsyncDisposableStack) {
    this.name = name;
    this.page = page;
    this.#stack = stack;
    page.on("pageerror", (error) => this.faults.push(String(error)));
  }

  static async sitDown<Host extends string>(
    name: keyof typeof LIKENESSES,
    net: Netlab<Host>,
    host: Host,
    origin: string,
  ): Promise<FirefoxPerson> {
    await using stack = new AsyncDisposableStack();
    const profile = await Deno.makeTempDir({ prefix: "tafelrunde-firefox-" });
    stack.defer(() => Deno.remove(profile, { recursive: true }));
    const lines = Object.entries(preferences(new URL(origin).hostname, LIKENESSES[name].toneHz))
      .map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`);
    await Deno.writeTextFile(`${profile}/user.js`, lines.join("\n"));
    // Firefox accepts only clients that name the port it listens on; on its host's own loopback any port is
    // free.
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { command, args } = net.on(host, await findFirefox() ?? "firefox-esr", [
      "--headless",
      "--no-remote",
      "--width=960",
      "--height=640",
      "--profile",
      profile,
      `--remote-debugging-port=${listener.addr.port}`,
    ]);
    const firefox = startChild(command, args, { stdout: "null", stderr: "piped", env: { HOME: profile } });
    stack.defer(async () => {
      await firefox.end();
      await firefox.process.status;
    });
    await untilDrivable(firefox.process);
    const browser = await connect(listener, net, host, stack);
    stack.defer(() => browser.close());
    const page = await browser.newPage();
    page.setDefaultTimeout(40_000);
    await page.evaluateOnNewDocument(installProbe);
    return new FirefoxPerson(name, page, stack.move());
  }

  /** Joins from the lobby; resolves in the meeting. */
  async join(): Promise<void> {
    await (await this.#find("input", "Your name")).type(this.name);
    await this.press("Join meeting");
    await this.#find("button", "Leave meeting");
  }

  async press(button: string): Promise<void> {
    await (await this.#find("button", button)).click();
  }

  /** Waits until the text on the page matches a pattern. */
  async reads(pattern: RegExp): Promise<void> {
    let last = "";
    await until(
      async () => pattern.test(last = await this.page.evaluate(() => document.body.innerText)),
      () => `${this.name} does not read ${pattern} but:\n${last}`,
    );
  }

  /** Waits until a tile shows a moving picture. */
  async sees(name: string): Promise<void> {
    let first: Picture | undefined;
    let last: Picture | undefined;
    await until(
      async () => {
        last = await this.page.$$eval(`[role=group][aria-label="${name}"] video`, lookAt);
        if (last === undefined || first === undefined || last.frames < first.frames) first = last;
        return last !== undefined && last.frames >= first!.frames + MOVING_FRAMES;
      },
      () => `${this.name} does not see ${name}: first ${JSON.stringify(first)}, last ${JSON.stringify(last)}`,
    );
  }

  /** Waits until audio arrives. It need not be played: Firefox plays nothing without a loudspeaker. */
  async hearsSomebody(): Promise<void> {
    const before = await this.page.evaluate(() => probe.energyHeard());
    await until(
      async () => await this.page.evaluate(() => probe.energyHeard()) > before + AUDIBLE_ENERGY,
      () => `${this.name} hears nobody`,
    );
  }

  /** Waits for an element with this kind and accessible name. */
  async #find(kind: "button" | "input", name: string): Promise<ElementHandle<HTMLElement>> {
    let found: ElementHandle<HTMLElement> | null = null;
    await until(
      async () => (found = await this.page.evaluateHandle(findNamed, kind, name).then(elementOf)) !== null,
      () => `${this.name} finds no ${kind} "${name}"`,
    );
    return found!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    assert.deepEqual(this.faults, [], `${this.name}'s page threw`);
  }
}

/** The first element of a kind with this label or text. Runs in the page. */
function findNamed(kind: "button" | "input", name: string): HTMLElement | undefined {
  return [...document.querySelectorAll(kind)].find((element) =>
    (element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent)?.trim() === name
  );
}

function elementOf(handle: JSHandle<HTMLElement | undefined>): ElementHandle<HTMLElement> | null {
  return handle.asElement() as ElementHandle<HTMLElement> | null;
}

/** Resolves when Firefox reports on standard error that it accepts remote control. */
async function untilDrivable({ stderr }: Deno.ChildProcess): Promise<void> {
  const found = Promise.withResolvers<void>();
  let said = "";
  const reading = (async () => {
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
      said = `${said}${text}`.slice(-10_000);
      if (said.includes("WebDriver BiDi listening on")) found.resolve();
    }
  })();
  reading.then(() => found.reject(new Error(`Firefox does not start:\n${said}`)), found.reject);
  await found.promise;
}

/** Controls the Firefox that listens on a host's own loopback, through the port of `listener` here. */
async function connect<Host extends string>(
  listener: Deno.TcpListener,
  net: Netlab<Host>,
  host: Host,
  stack: AsyncDisposableStack,
): Promise<Browser> {
  const { port } = listener.addr;
  const relaying = (async () => {
    const near = await listener.accept();
    const { command, args } = net.on(host, Deno.execPath(), ["eval", RELAY, String(port)]);
    const relay = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
    stack.defer(async () => {
      await relay.status;
    });
    const ends = [near.readable.pipeTo(relay.stdin), relay.stdout.pipeTo(near.writable)];
    for (const end of ends) end.catch(() => {/* the other side has gone */});
  })();
  const [transport] = await Promise.all([openTransport(`ws://127.0.0.1:${port}/session`), relaying]);
  // Without `defaultViewport`, Puppeteer would resize the window with a command that ESR 140 lacks.
  return await puppeteer.connect({
    protocol: "webDriverBiDi",
    transport: asOldestFirefox(transport),
    defaultViewport: null,
  });
}
