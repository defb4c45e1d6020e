import { type ChildResult, runChild } from "../child_process.ts";
import { SetupError, type Tell } from "./step.ts";

const ENV = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };

/** Most lines shown of the failed packages' own output. */
const SHOWN_LINES = 40;

/** Length of the end of the output that is kept, characters. */
const KEPT_CHARACTERS = 200_000;

/** Longest wait for another dpkg or apt to finish (unattended upgrades), and interval of the checks, s. */
const LOCK_S = { longest: 300, pause: 2 };

/** A package that asks whether to replace a file keeps it: there is no user to answer. */
const KEEP_FILES = ["--force-confdef", "--force-confold"];

/** Decides whether package scripts can start services; without the file they can. Source: invoke-rc.d(8). */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";
const NO_SERVICES =
  "#!/bin/sh\n# While Tafelrunde installs what its tests need, no service starts. Can be deleted.\nexit 101\n";

/**
 * Runs a program with both outputs merged, so that errors stay beside their context, and apt's status on
 * descriptor 3. apt sets close-on-exec on the status descriptor: if that were 1, package scripts would have
 * no standard output, and those that write to it would fail.
 */
const IN_ONE = 'exec "$0" "$@" 3>&1 2>&1';

/** Why this process cannot install Debian packages; undefined if it can. */
export async function aptObstacle(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "this is not a Debian system";
  const found = (Deno.env.get("PATH") ?? "").split(":").map((folder) =>
    Deno.stat(`${folder}/apt-get`).then(() => true, () => false)
  );
  if (!(await Promise.all(found)).includes(true)) return "there is no apt-get here";
  return Deno.uid() === 0 ? undefined : "that takes root";
}

/**
 * Installs Debian packages without starting their services; updates the package lists only if the available
 * ones do not suffice. Packages that an earlier run left unpacked or half configured are finished first.
 * Aborting `signal` stops the download, but not an installation that has started: that would leave dpkg half
 * configured. Throws `SetupError` with the output of the failed packages, or apt's.
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

/** Returns those of the packages that apt's lists contain. */
export async function offered(packages: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    packages.map((name) => run("apt-cache", ["show", "--no-all-versions", name])),
  );
  return packages.filter((_, at) => found[at]!.code === 0);
}

/**
 * Installs those of the packages that apt offers, without removing others. A failure is told, and no error.
 */
export async function installWanted(
  packages: readonly string[],
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const found = await offered(packages);
  if (!found.length) return;
  try {
    await withoutServices(() => bring(["--no-remove", ...found], tell, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SetupError)) throw error;
    tell(`without ${found.join(" ")}`);
  }
}

/**
 * Tests start their own servers: those of the packages stay off, unless the machine has a policy of its own.
 */
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

/**
 * Configures unpacked packages; if that does not suffice (a dependency is missing), apt installs the rest.
 */
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

/** Runs apt or dpkg; returns its exit code and the end of its merged output. */
async function run(
  command: string,
  args: readonly string[],
  { signal, onStatus }: { signal?: AbortSignal; onStatus?: (percent: number) => void } = {},
): Promise<ChildResult> {
  let output = "";
  const { code } = await runChild("sh", ["-c", IN_ONE, command, ...args], {
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
 * Extracts the failure from the output of apt or dpkg: for each failed package, all lines from its first one
 * ("Setting up nats-server …") to dpkg's error; if there is no such package, apt's own errors, otherwise the
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
