import { runLeashed } from "../leash.ts";
import { SetupError, type Tell } from "./step.ts";

const ENV = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };

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
 * Installs Debian packages; asks the mirrors for newer lists only when the ones at hand do not do.
 * The download ends when `signal` aborts; the installation, once begun, is waited for: breaking it off would leave
 * dpkg half configured. Throws `SetupError` with apt's words when it fails.
 */
export async function installPackages(
  packages: readonly string[],
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
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

function aptGet(args: readonly string[], doing: string, tell: Tell, signal?: AbortSignal) {
  return runLeashed("apt-get", [
    "install",
    "-y",
    "--no-install-recommends",
    "-oAPT::Status-Fd=1",
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
  const words = output.split("\n").filter((line) => /^(E|W|Err|dpkg)\b/.test(line)).slice(-12).join("\n");
  return new SetupError(`apt-get install ${packages.join(" ")} failed:\n${words || output.slice(-2000)}`);
}
