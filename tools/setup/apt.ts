import { type Outcome, runLeashed } from "../leash.ts";
import { SetupError, type Tell } from "./step.ts";

const ENV = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };

/** Lines shown of what the packages that failed said themselves. */
const SHOWN_LINES = 40;

/** The end of the output that is kept, characters. */
const KEPT_CHARACTERS = 200_000;

/** Longest wait for another dpkg or apt to be done (updates that run by themselves), and how often to look, s. */
const LOCK_S = { longest: 300, pause: 2 };

/** A package that asks whether to replace a file keeps the file: nobody is there to answer. */
const KEEP_FILES = ["--force-confdef", "--force-confold"];

/** Says whether package scripts may start services; where there is none, they may. Source: invoke-rc.d(8). */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";
const NO_SERVICES =
  "#!/bin/sh\n# While Tafelrunde installs what its tests need, no service starts. Can be deleted.\nexit 101\n";

/**
 * Runs a program with both outputs in one, so that its errors stay beside what they are about, and apt's status on
 * descriptor 3. apt sets close-on-exec on the status' descriptor: were it 1, package scripts would have no standard
 * output, and those that write to it would fail.
 */
const IN_ONE = 'exec "$0" "$@" 3>&1 2>&1';

/** Why this process cannot install Debian packages; undefined when it can. */
export async function aptObstacle(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "this is not a Debian system";
  const found = (Deno.env.get("PATH") ?? "").split(":").map((folder) =>
    Deno.stat(`${folder}/apt-get`).then(() => true, () => false)
  );
  if (!(await Promise.all(found)).includes(true)) return "there is no apt-get here";
  return Deno.uid() === 0 ? undefined : "that takes root";
}

/**
 * Installs Debian packages without starting their services; asks the mirrors for newer lists only when the ones at hand do not do. What an earlier
 * run left unpacked or half configured is finished first. The download ends when `signal` aborts; the installation,
 * once begun, is waited for: breaking it off would leave dpkg half configured.
 * Throws `SetupError` with the words of the packages that failed, or apt's.
 */
export async function installPackages(
  packages: readonly string[],
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  await withoutServices(async () => {
    await finishUnfinished(tell, signal);
    await bring(packages, tell, signal);
  });
}

/** Tests start their own servers: those of the packages stay off, unless this machine has said otherwise itself. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  const policy = await Deno.readTextFile(SERVICE_POLICY).catch(() => undefined);
  const isOurs = policy === NO_SERVICES ||
    policy === undefined &&
      await Deno.writeTextFile(SERVICE_POLICY, NO_SERVICES, { mode: 0o755 }).then(() => true, () => false);
  try {
    await install();
  } finally {
    if (isOurs) await Deno.remove(SERVICE_POLICY);
  }
}

async function bring(packages: readonly string[], tell: Tell, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  tell(`downloading ${packages.join(" ")}`);
  let download = await install(["--download-only", ...packages], "downloading", tell, signal);
  if (download.code !== 0) {
    tell("asking the Debian mirrors what is new");
    const update = await run("apt-get", ["update", "-qq"], { signal });
    download = await install(["--download-only", ...packages], "downloading", tell, signal);
    if (download.code !== 0) throw aptError(packages, `${update.output}${download.output}`);
  }
  signal.throwIfAborted();
  const { code, output } = await install(packages, "installing", tell);
  if (code !== 0) throw aptError(packages, output);
}

/** Configures what is unpacked; where that is not all (a dependency was still to come), apt brings the rest. */
async function finishUnfinished(tell: Tell, signal: AbortSignal): Promise<void> {
  const audit = await run("dpkg", ["--audit"]);
  if (!audit.output.trim()) return;
  const begunAt = Date.now();
  for (;;) {
    signal.throwIfAborted();
    tell("configuring what an earlier run left unfinished");
    const { code, output } = await run("dpkg", [...KEEP_FILES, "--configure", "-a"]);
    if (code === 0) return;
    const isBusy = /lock was locked by another process/.test(output);
    if (!isBusy) break;
    if (Date.now() - begunAt > LOCK_S.longest * 1000) throw new SetupError(failureOf(output));
    tell("waiting for another program that installs packages");
    await pause(LOCK_S.pause * 1000, signal);
  }
  await bring(["--fix-broken"], tell, signal);
}

function install(packages: readonly string[], doing: string, tell: Tell, signal?: AbortSignal) {
  return run("apt-get", [
    "install",
    "-y",
    "--no-install-recommends",
    "-oAPT::Status-Fd=3",
    `-oDPkg::Lock::Timeout=${LOCK_S.longest}`,
    "-oDpkg::Use-Pty=0",
    ...KEEP_FILES.map((option) => `-oDpkg::Options::=${option}`),
    ...packages,
  ], {
    ...(signal && { signal }),
    onStatus: (percent) => tell(`${doing} ${Math.round(percent)} %`),
  });
}

/** Runs apt or dpkg; gives its code and what it said on either output, at most the end of that. */
async function run(
  command: string,
  args: readonly string[],
  { signal, onStatus }: { signal?: AbortSignal; onStatus?: (percent: number) => void } = {},
): Promise<Outcome> {
  let output = "";
  const { code } = await runLeashed("sh", ["-c", IN_ONE, command, ...args], {
    env: ENV,
    ...(signal && { signal }),
    onLine(line) {
      // "dlstatus:3:47.51:Retrieving file 3 of 9", "pmstatus:ninja-build:23.1:Unpacking ninja-build (amd64)"
      const status = /^(?:dl|pm)status:[^:]*:([\d.]+):/.exec(line);
      if (status) onStatus?.(Number(status[1]));
      else if (!/^pm(?:error|conffile):/.test(line)) output = `${output}${line}\n`.slice(-KEPT_CHARACTERS);
    },
  });
  return { code, output };
}

function aptError(packages: readonly string[], output: string): SetupError {
  return new SetupError(`apt-get install ${packages.join(" ")} failed:\n${failureOf(output)}`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((done, fail) => {
    const stop = () => {
      clearTimeout(timer);
      fail(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * What went wrong, of the output of apt or dpkg: for each package that failed, all lines from the one that began it
 * ("Setting up nats-server …") to dpkg's word that it failed; without any such package, apt's own errors, else the
 * end of the output.
 */
export function failureOf(output: string): string {
  const lines = output.split("\n");
  const shown: string[] = [];
  let begun = 0;
  lines.forEach((line, index) => {
    if (/^(?:Setting up|Unpacking|Preparing to unpack|Processing triggers for|Removing) /.test(line)) {
      begun = index;
    }
    const reason = /^dpkg: error processing /.test(line);
    if (reason) shown.push(...lines.slice(begun, index + 2));
    if (reason) begun = index + 2;
  });
  const words = shown.length ? shown : lines.filter((line) => /^(?:E:|W:|Err|dpkg)/.test(line));
  return (words.length ? words : lines).slice(-SHOWN_LINES).join("\n").trim();
}
