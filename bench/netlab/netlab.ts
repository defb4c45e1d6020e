import { type BoundChild, eachLine, startChild } from "../../tools/child_process.ts";
import { CACHE } from "../../tools/places.ts";
import type { Step } from "../../tools/setup/step.ts";

const SOURCE = new URL("netlab.c", import.meta.url);

/** Where `ip netns` keeps the names of network namespaces. */
const NAMESPACES = "/run/netns";

/** One direction of a link. Omitted values are 0: no delay, loss or limit. */
export interface Quality {
  /** One way. */
  readonly delayMs: number;
  /** A random part of it is added to the delay; packets keep their order. */
  readonly jitterMs?: number;
  readonly lossPercent?: number;
  /** 0: no limit. */
  readonly rateMbps?: number;
}

/** Hosts by name (a–z, 0–9, -), with their IPv4 addresses in one /16. */
export type Hosts<Name extends string> = Readonly<Record<Name, string>>;

/** A running network. Disposing it removes the namespaces; what still runs in them loses its network. */
export interface Netlab<Name extends string> extends AsyncDisposable {
  /** The network namespace of a host. */
  namespaceOf(host: Name): string;
  /** Program and arguments that run a command on a host. */
  on(host: Name, command: string, args?: readonly string[]): { command: string; args: string[] };
  /** Sets both directions between two hosts. */
  link(one: Name, other: Name, quality: Quality): Promise<void>;
  /** Drops everything between two hosts, until `heal`. */
  cut(one: Name, other: Name): Promise<void>;
  heal(one: Name, other: Name): Promise<void>;
}

/** What a network in namespaces needs from the machine. */
export const networkTools: Step = {
  name: "simulated network",
  async check() {
    if (Deno.build.os !== "linux") return { obstacle: "network namespaces are Linux's" };
    if (Deno.uid() !== 0) return { obstacle: "network namespaces need root: run it with sudo" };
    if (!await exists("/dev/net/tun")) return { obstacle: "there is no /dev/net/tun: modprobe tun" };
    const packages: string[] = [];
    if (!await runs("gcc", "--version")) packages.push("gcc", "libc6-dev");
    if (!await runs("ip", "-V")) packages.push("iproute2");
    return packages.length > 0 ? { packages } : undefined;
  },
};

let started = 0;

/**
 * Builds a network and runs it. Its namespaces have unique names, so that several networks can run at once;
 * they are removed with it, even if this process is killed. Throws with netlab's output if it does not start.
 */
export async function startNetlab<Name extends string>(hosts: Hosts<Name>): Promise<Netlab<Name>> {
  const program = await compile();
  await removeLeftOver();
  const prefix = `nl${Deno.pid}-${++started}`;
  const folder = await Deno.makeTempDir({ prefix: "netlab-" });
  const control = `${folder}/control`;
  const statements = [
    `prefix ${prefix}`,
    ...Object.entries(hosts).map(([name, address]) => `host ${name} ${address}`),
  ];
  await Deno.writeTextFile(`${folder}/net.conf`, `${statements.join("\n")}\n`);
  const child = startChild(program, [`${folder}/net.conf`, control], {
    stdout: "piped",
    stderr: "piped",
    removeAfterwards: folder,
  });
  await untilUp(child);
  const namespaceOf = (host: Name) => `${prefix}-${host}`;
  const tell = (statement: string) =>
    Deno.writeTextFile(control, `${statement}\n`, { append: true, create: false });
  return {
    namespaceOf,
    on: (host, command, args = []) => ({
      command: "ip",
      args: ["netns", "exec", namespaceOf(host), command, ...args],
    }),
    link: (one, other, { delayMs, jitterMs = 0, lossPercent = 0, rateMbps = 0 }) =>
      tell(`link ${one} ${other} ${delayMs} ${jitterMs} ${lossPercent} ${rateMbps}`),
    cut: (one, other) => tell(`cut ${one} ${other}`),
    heal: (one, other) => tell(`heal ${one} ${other}`),
    async [Symbol.asyncDispose]() {
      await child.end();
      await child.process.status;
    },
  };
}

/**
 * Writes an executable file that runs a program of this machine on a host, for callers that can start only
 * files; it starts in `cwd`, with its arguments.
 */
export async function writeLauncher<Name extends string>(
  net: Netlab<Name>,
  host: Name,
  program: string,
  { path, cwd }: { readonly path: string; readonly cwd: string },
): Promise<void> {
  const { command, args } = net.on(host, program);
  const line = ["cd", cwd, "&&", "exec", command, ...args].join(" ");
  await Deno.writeTextFile(path, `#!/bin/sh\n${line} "$@"\n`, { mode: 0o755 });
}

/** Resolves when netlab reports that it is up; its later output on standard error is passed on. */
async function untilUp({ process }: BoundChild): Promise<void> {
  const up = Promise.withResolvers<void>();
  let isUp = false;
  let words = "";
  const heard = Promise.all([
    eachLine(process.stdout, (line) => {
      isUp ||= line.endsWith("hosts up");
      if (isUp) up.resolve();
    }),
    eachLine(process.stderr, (line) => {
      if (isUp) console.error(line);
      else words += `${line}\n`;
    }),
  ]);
  heard.then(() => up.reject(new Error(`netlab did not come up:\n${words.trim()}`)), up.reject);
  await up.promise;
}

/** The program, compiled once per content of its source. */
async function compile(): Promise<string> {
  const source = await Deno.readFile(SOURCE);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", source));
  const folder = `${CACHE}/netlab`;
  const program = `${folder}/${digest.toHex().slice(0, 16)}`;
  if (await exists(program)) return program;
  await Deno.mkdir(folder, { recursive: true });
  const fresh = `${program}.${Deno.pid}`;
  const { code, stderr } = await new Deno.Command("gcc", {
    args: ["-O2", "-Wall", "-o", fresh, SOURCE.pathname],
  }).output();
  if (code !== 0) throw new Error(`netlab does not compile:\n${new TextDecoder().decode(stderr)}`);
  await Deno.rename(fresh, program);
  return program;
}

/** Removes namespaces of networks whose process is gone; netlab leaves them only if it was killed. */
async function removeLeftOver(): Promise<void> {
  if (!await exists(NAMESPACES)) return;
  for await (const { name } of Deno.readDir(NAMESPACES)) {
    const pid = /^nl(\d+)-/.exec(name)?.[1];
    if (pid === undefined || await exists(`/proc/${pid}`)) continue;
    await new Deno.Command("ip", { args: ["netns", "del", name], stderr: "null" }).output();
  }
}

async function runs(command: string, arg: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: [arg], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
