import { runLeashed } from "../leash.ts";
import { SetupError, type Tell } from "./step.ts";

const ENV = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };

/** Lines shown of what the packages that failed said themselves. */
const SHOWN_LINES = 40;

/**
 * Runs apt with a descriptor of its own for the status. apt sets close-on-exec on that descriptor: were it 1, package
 * scripts would have no standard output, and those that write to it would fail.
 */
const WITH_STATUS = 'exec "$0" "$@" 3>&1';

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
 * Installs Debian packages; asks the mirrors for newer lists only when the ones at hand do not do. What an earlier
 * run left half configured is configured first. The download ends when `signal` aborts; the installation, once
 * begun, is waited for: breaking it off would leave dpkg half configured.
 * Throws `SetupError` with the words of the packages that failed, or apt's.
 */
export async function installPackages(
  packages: readonly string[],
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  await configureUnfinished(tell);
  signal.throwIfAborted();
  tell(`downloading ${packages.join(" ")}`);
  let download = await aptGet(["--download-only", ...packages], "downloading", tell, signal);
  if (download.code !== 0) {
    tell("asking the Debian mirrors what is new");
    await runLeashed("apt-get", ["update", "-qq"], { env: ENV, signal });
    download = await aptGet(["--download-only", ...packages], "downloading", tell, signal);
  }
  if (download.code !== 0) throw aptError(packages, download.output);
  signal.throwIfAborted();
  const install = await aptGet(packages, "installing", tell);
  if (install.code !== 0) throw aptError(packages, install.output);
}

async function configureUnfinished(tell: Tell): Promise<void> {
  const audit = await runLeashed("dpkg", ["--audit"], { env: ENV });
  if (!audit.output.trim()) return;
  tell("configuring what an earlier run left unfinished");
  const { code, output } = await runLeashed("dpkg", ["--configure", "-a"], { env: ENV });
  if (code !== 0) throw new SetupError(`dpkg --configure -a failed:\n${failureOf(output)}`);
}

function aptGet(args: readonly string[], doing: string, tell: Tell, signal?: AbortSignal) {
  return runLeashed("sh", [
    "-c",
    WITH_STATUS,
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
    "-oAPT::Status-Fd=3",
    "-oDPkg::Lock::Timeout=300",
    "-oDpkg::Use-Pty=0",
    ...args,
  ], {
    env: ENV,
    ...(signal && { signal }),
    onLine(line) {
      // "dlstatus:3:47.51:Retrieving file 3 of 9", "pmstatus:ninja-build:23.1:Unpacking ninja-build (amd64)"
      const status = /^(?:dl|pm)status:[^:]*:([\d.]+):/.exec(line);
      if (status) tell(`${doing} ${Math.round(Number(status[1]))} %`);
    },
  });
}

function aptError(packages: readonly string[], output: string): SetupError {
  return new SetupError(`apt-get install ${packages.join(" ")} failed:\n${failureOf(output)}`);
}

/**
 * What went wrong, of the output of apt or dpkg: for each package that failed, all lines from the one that began it
 * ("Setting up nats-server …") to dpkg's word that it failed; without any such package, apt's own errors, else the
 * end of the output.
 */
export function failureOf(output: string): string {
  const lines = output.split("\n").filter((line) => !/^(?:dl|pm)(?:status|error|conffile):/.test(line));
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
