import { findPostgresBin } from "../postgres_bin.ts";
import type { Step } from "./step.ts";

const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const CHROMIUM_SHELL = "chromium-headless-shell";

/** The browser that tests drive: CHROMIUM_BIN, or one on the PATH; undefined if there is none. */
export async function findChromium(): Promise<string | undefined> {
  return Deno.env.get("CHROMIUM_BIN") || await findOnPath(CHROMIUM_NAMES);
}

/**
 * The browser that most tests drive, Chromium's headless shell: a page needs a quarter less processor time in
 * it. CHROMIUM_BIN takes precedence; without a shell, it is the whole Chromium.
 */
export async function findChromiumShell(): Promise<string | undefined> {
  return Deno.env.get("CHROMIUM_BIN") || await findOnPath([CHROMIUM_SHELL]) || await findChromium();
}

/** Chromium, and a font with the widths of the usual ones, without which its screenshots show boxes. */
export const chromium: Step = {
  name: "Chromium",
  async check() {
    const packages: string[] = [];
    if (!await findChromium()) packages.push("chromium");
    if (!await isThere("/usr/share/fonts/truetype")) packages.push("fonts-liberation");
    return packages.length ? { packages } : undefined;
  },
};

export const chromiumShell: Step = {
  name: "Chromium's headless shell",
  async check() {
    const isNamed = Boolean(Deno.env.get("CHROMIUM_BIN"));
    return isNamed || await findOnPath([CHROMIUM_SHELL]) ? undefined : { wanted: [CHROMIUM_SHELL] };
  },
};

/** The second browser that tests drive: FIREFOX_BIN, or one on the PATH; undefined if there is none. */
export async function findFirefox(): Promise<string | undefined> {
  return Deno.env.get("FIREFOX_BIN") || await findOnPath(["firefox-esr", "firefox"]);
}

export const firefox: Step = {
  name: "Firefox",
  async check() {
    return await findFirefox() === undefined ? { packages: ["firefox-esr"] } : undefined;
  },
};

/** Debian's paths of WebKitGTK's MiniBrowser, by API version. */
const MINI_BROWSERS = ["4.1", "4.0"].map((version) =>
  `/usr/lib/${Deno.build.arch}-linux-gnu/webkit2gtk-${version}/MiniBrowser`
);

/**
 * The third browser that tests drive, and its driver; undefined if it is not installed or has no screen
 * (Xvfb).
 */
export async function findWebKit(): Promise<
  { readonly driver: string; readonly browser: string } | undefined
> {
  const [driver, screen] = await Promise.all([findOnPath(["WebKitWebDriver"]), findOnPath(["Xvfb"])]);
  for (const browser of MINI_BROWSERS) {
    if (driver !== undefined && screen !== undefined && await isThere(browser)) return { driver, browser };
  }
  return undefined;
}

/** WebKitGTK, Safari's engine. */
export const webkit: Step = {
  name: "WebKit",
  async check() {
    return await findWebKit() === undefined ? { packages: ["webkit2gtk-driver", "xvfb"] } : undefined;
  },
};

/** PostgreSQL's programs; tests start their own server with them, see tools/postgres.ts. */
export const postgres: Step = {
  name: "PostgreSQL",
  async check() {
    return await findPostgresBin().then(() => undefined, () => ({ packages: ["postgresql-15"] }));
  },
};

/**
 * The message bus between edges: NATS_SERVER_BIN, otherwise Debian's, otherwise one on the PATH; undefined if
 * there is none.
 */
export async function findNatsServer(): Promise<string | undefined> {
  return Deno.env.get("NATS_SERVER_BIN") || await findOnPath(["nats-server"], ["/usr/sbin"]);
}

/** NATS; tests start their own server with it, see tools/nats.ts. */
export const nats: Step = {
  name: "NATS",
  async check() {
    return await findNatsServer() === undefined ? { packages: ["nats-server"] } : undefined;
  },
};

/** Common reverse proxies in front of an edge: Debian package and program. */
const PROXIES = { "nginx-light": "nginx", "caddy": "caddy", "apache2-bin": "apache2" } as const;

/** The program of a proxy; undefined: not installed. */
export async function findProxy(name: (typeof PROXIES)[keyof typeof PROXIES]): Promise<string | undefined> {
  return await findOnPath([name], ["/usr/sbin"]);
}

/** nginx, Caddy and Apache; tests start their own, see tests/proxy_rig.ts. */
export const proxies: Step = {
  name: "proxies",
  async check() {
    const packages: string[] = [];
    for (const [name, program] of Object.entries(PROXIES)) {
      if (await findProxy(program) === undefined) packages.push(name);
    }
    return packages.length ? { packages } : undefined;
  },
};

/** The program of PgBouncer, PostgreSQL's connection pooler; undefined if it is not installed. */
export async function findPgBouncer(): Promise<string | undefined> {
  return await findOnPath(["pgbouncer"], ["/usr/sbin"]);
}

/** PgBouncer; tests start their own with it, see tools/pgbouncer.ts. */
export const pgbouncer: Step = {
  name: "PgBouncer",
  async check() {
    return await findPgBouncer() === undefined ? { packages: ["pgbouncer"] } : undefined;
  },
};

/** Git, with which the tests of `test:changed` list files. */
export const git: Step = {
  name: "Git",
  async check() {
    return await findOnPath(["git"]) === undefined ? { packages: ["git"] } : undefined;
  },
};

/** The first of some programs found in the folders `before` or on the PATH. */
async function findOnPath(
  names: readonly string[],
  before: readonly string[] = [],
): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of [...before, ...(Deno.env.get("PATH") ?? "").split(":")]) {
      if (await isThere(`${folder}/${name}`)) return `${folder}/${name}`;
    }
  }
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
