import assert from "node:assert/strict";
import { type BoundChild, eachLine, startChild } from "../tools/child_process.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { findWebKit } from "../tools/setup/for_tests.ts";
import { until } from "./browser_rig.ts";

/** Attempts to remove a browser's folder, 100 ms apart: its last processes end some seconds after it. */
const REMOVAL_TRIES = 100;

/** Longest wait of WebDriver for one of our scripts, ms. */
const SCRIPT_DEADLINE_MS = 40_000;

/** WebDriver's name for an element in JSON. Source: W3C WebDriver §12, "web element identifier". */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * A person at WebKitGTK's MiniBrowser on their own screen, driven by W3C WebDriver: the engine of Safari,
 * with fake devices and without WebRTC, which Debian's build leaves out.
 */
export class WebKitPerson implements AsyncDisposable {
  readonly name: string;
  readonly #session: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(name: string, session: string, stack: AsyncDisposableStack) {
    this.name = name;
    this.#session = session;
    this.#stack = stack;
  }

  /** Starts one with an empty profile; `flags` of MiniBrowser, `--help-websettings` lists them. */
  static async sitDown(name: string, flags: readonly string[] = []): Promise<WebKitPerson> {
    await using stack = new AsyncDisposableStack();
    const programs = await findWebKit();
    assert.ok(programs, "no WebKitGTK: npm test installs it");
    const home = await Deno.makeTempDir({ prefix: "tafelrunde-webkit-" });
    stack.defer(() => removeLeft(home));
    const keep = (program: BoundChild) =>
      stack.defer(async () => {
        await program.end();
        await program.process.status;
      });
    const screen = startChild(
      "Xvfb",
      ["-displayfd", "1", "-screen", "0", "1700x1300x24", "-nolisten", "tcp"],
      {
        stdout: "piped",
        stderr: "null",
      },
    );
    keep(screen);
    const display = await firstLine(screen.process.stdout);
    const port = freeTcpPort();
    keep(startChild(programs.driver, [`--port=${port}`, "--host=127.0.0.1"], {
      env: {
        DISPLAY: `:${display}`,
        GDK_BACKEND: "x11",
        HOME: home,
        XDG_DATA_HOME: `${home}/data`,
        XDG_CACHE_HOME: `${home}/cache`,
        XDG_CONFIG_HOME: `${home}/config`,
        LANG: "C.UTF-8",
        LANGUAGE: "en",
        // bubblewrap needs namespaces that containers do not provide.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      },
      stdout: "null",
      stderr: "null",
    }));
    const driver = `http://127.0.0.1:${port}`;
    await until(
      () => fetch(`${driver}/status`).then(async (answer) => (await answer.json()).value.ready, () => false),
      () => "WebKitWebDriver does not start",
    );
    const { sessionId } = await call("POST", `${driver}/session`, {
      capabilities: {
        alwaysMatch: {
          timeouts: { script: SCRIPT_DEADLINE_MS },
          "webkitgtk:browserOptions": {
            binary: programs.browser,
            args: ["--automation", "--features=+MockCaptureDevices", ...flags],
          },
        },
      },
    }) as { readonly sessionId: string };
    const session = `${driver}/session/${sessionId}`;
    stack.defer(async () => void await call("DELETE", session).catch(() => {/* it has ended by itself */}));
    // Small, because all of it is drawn without a graphics card.
    await call("POST", `${session}/window/rect`, { width: 900, height: 620 });
    return new WebKitPerson(name, session, stack.move());
  }

  /** Opens an address, and records the page's errors from then on. */
  async goto(url: string): Promise<void> {
    await call("POST", `${this.#session}/url`, { url });
    await this.run(() => {
      const faults: string[] = [];
      addEventListener("error", ({ message }) => faults.push(message));
      addEventListener("unhandledrejection", ({ reason }) => faults.push(String(reason)));
      document.addEventListener("securitypolicyviolation", (event) => faults.push(event.violatedDirective));
      Object.assign(globalThis, { faults });
    });
  }

  async resize(width: number, height: number): Promise<void> {
    await call("POST", `${this.#session}/window/rect`, { width, height });
  }

  /** Runs `act` in the page and returns its result; it must be self-contained. */
  async run<Args extends Json[], T>(act: (...args: Args) => T | Promise<T>, ...args: Args): Promise<T> {
    const script = `const done = arguments[arguments.length - 1];
      const args = [...arguments].slice(0, -1);
      (async () => (${act})(...args))().then((value) => done({ value }), (error) => done({ fault: String(error) }));`;
    const { value, fault } = await call("POST", `${this.#session}/execute/async`, { script, args }) as {
      readonly value?: T;
      readonly fault?: string;
    };
    if (fault !== undefined) throw new Error(`${this.name}'s page: ${fault}`);
    return value as T;
  }

  /** Waits until `is` is true in the page. */
  async waits<Args extends Json[]>(
    what: string,
    is: (...args: Args) => boolean,
    ...args: Args
  ): Promise<void> {
    await until(() => this.run(is, ...args), () => `${this.name}: ${what} does not come about`);
  }

  /** Waits until the page contains `text`. */
  async reads(text: string): Promise<void> {
    await this.waits(`"${text}"`, (text) => document.body.innerText.includes(text), text);
  }

  /** Waits until a button with this name exists; "button" includes links. */
  async hasButton(name: string): Promise<void> {
    await until(async () => await this.#find(name) !== null, () => `${this.name}: no button "${name}"`);
  }

  /** Clicks with the mouse, as a person does. */
  async press(name: string): Promise<void> {
    await this.hasButton(name);
    await call("POST", `${this.#session}/element/${await this.#find(name)}/click`, {});
  }

  /** Types into the field with this name, replacing its contents. */
  async writes(field: string, text: string): Promise<void> {
    const found = () =>
      call("POST", `${this.#session}/execute/sync`, {
        script: `return [...document.querySelectorAll("input, textarea")].find((field) =>
          field.getAttribute("aria-label") === arguments[0] ||
          [...field.labels].some((label) => label.textContent.trim() === arguments[0])) ?? null;`,
        args: [field],
      }) as Promise<Record<string, string> | null>;
    await until(async () => await found() !== null, () => `${this.name}: no field "${field}"`);
    const id = (await found())![ELEMENT];
    await call("POST", `${this.#session}/element/${id}/clear`, {});
    await call("POST", `${this.#session}/element/${id}/value`, { text });
  }

  /** Sends keys to the focused element: text, or WebDriver's code points (Enter is U+E007, Tab is U+E004). */
  async types(keys: string): Promise<void> {
    const actions = [...keys].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    await call("POST", `${this.#session}/actions`, { actions: [{ type: "key", id: "keys", actions }] });
  }

  /** Saves the window's contents as a PNG. */
  async photographs(path: string): Promise<void> {
    const png = await call("GET", `${this.#session}/screenshot`) as string;
    await Deno.writeFile(path, Uint8Array.fromBase64(png));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const faults = await this.run(() => (globalThis as { faults?: string[] }).faults ?? []);
    await this.#stack.disposeAsync();
    assert.deepEqual(faults, [], `${this.name}'s page threw`);
  }

  async #find(name: string): Promise<string | null> {
    const found = await call("POST", `${this.#session}/execute/sync`, {
      script: `return [...document.querySelectorAll("button, a, [role=button]")].find((button) =>
        (button.getAttribute("aria-label") ?? button.textContent.trim()) === arguments[0]) ?? null;`,
      args: [name],
    }) as Record<string, string> | null;
    return found?.[ELEMENT] ?? null;
  }
}

async function call(method: string, url: string, body?: Json): Promise<Json> {
  const answer = await fetch(url, { method, ...body !== undefined && { body: JSON.stringify(body) } });
  const { value } = await answer.json() as { readonly value: Json };
  if (!answer.ok) {
    const { error, message } = value as { readonly error: string; readonly message: string };
    throw new Error(`WebDriver: ${error}: ${message}`);
  }
  return value;
}

/** The first line of a program's output; later output is read and discarded. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const first = Promise.withResolvers<string>();
  eachLine(stream, first.resolve).then(
    () => first.reject(new Error("Xvfb has ended")),
    first.reject,
  );
  return await first.promise;
}

/** Removes a folder that the processes of a closing browser might still write into. */
async function removeLeft(folder: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (tries === REMOVAL_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
