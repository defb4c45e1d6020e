/**
 * `npm start` and `npm test`: finds or fetches Deno and runs the task of that name in deno.json. Needs only
 * Node ≥ 20 and npm. Deno is, in this order: the program named by DENO · the one fetched before · one on the
 * PATH, if it is at least the pinned version · fetched from npm (its checksum is in versions.mjs).
 *
 * Exits with the task's exit code, and never leaves anything running: it forwards signals, and the task holds
 * the reading end of a pipe (TAFELRUNDE_STOP_WITH=stdin) whose closing it treats as "stop", even after a kill
 * -9 of this process. npm itself sends a SIGTERM to its shell only, so the loss of the parent counts as
 * SIGTERM, too.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fetchPackage, packageDir } from "./fetch_package.mjs";
import { DENO, DENO_VERSION, isAtLeast } from "./versions.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const interrupted = new AbortController();
/** @type {import("node:child_process").ChildProcess | undefined} */
let task;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    interrupted.abort(signal);
    task?.kill(signal);
  });
}
watchParents(() => {
  interrupted.abort("SIGTERM");
  task?.stdin?.end();
  task?.kill("SIGTERM");
});

try {
  const [name, ...args] = process.argv.slice(2);
  if (!name) throw new Error("usage: node tools/npm.mjs start|test [arguments]");
  const deno = await findDeno();
  if (interrupted.signal.aborted) throw interrupted.signal.reason;
  task = spawn(deno, [...wordsOf(name), ...args], {
    cwd: root,
    stdio: ["pipe", "inherit", "inherit"],
    env: { ...process.env, TAFELRUNDE_STOP_WITH: "stdin" },
  });
  task.stdin?.on("error", () => {});
  task.on("error", (error) => {
    console.error(`Deno (${deno}) does not start: ${error.message}`);
    process.exit(1);
  });
  task.on("exit", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
} catch (error) {
  if (!interrupted.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  const name = /** @type {keyof typeof constants.signals} */ (interrupted.signal.reason);
  process.exit(128 + constants.signals[name]);
}

/**
 * The arguments of a task "deno run …". Run without `deno task`, which would silently install all
 * dependencies before the task can print anything.
 * @param {string} name
 */
function wordsOf(name) {
  const { tasks } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  const [program, ...words] = (tasks[name] ?? "").split(" ");
  if (program !== "deno") throw new Error(`deno.json has no task "${name}" of the form "deno run …"`);
  return words;
}

async function findDeno() {
  const named = process.env.DENO;
  if (named) {
    if (!versionOf(named)) throw new Error(`DENO=${named} is not a Deno that starts`);
    return named;
  }
  const cache = resolve(root, process.env.TAFELRUNDE_CACHE || ".cache");
  const program = DENO[`${process.platform}-${process.arch}`];
  const cached = program && join(packageDir(program, cache), program.binary);
  if (cached && existsSync(cached)) return cached;
  if (isAtLeast(versionOf("deno"), DENO_VERSION)) return "deno";
  if (!program) {
    throw new Error(
      `No pinned Deno for ${process.platform}-${process.arch}: install Deno ≥ ${DENO_VERSION} ` +
        `(https://deno.com) and run this again, or name it with DENO=/path/to/deno`,
    );
  }
  const begun = Date.now();
  console.log(`Deno ${DENO_VERSION}: fetching it from npm (41 MB) …`);
  const deno = await fetchPackage(program, cache, interrupted.signal);
  console.log(`Deno ${DENO_VERSION}: done (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  return deno;
}

/**
 * Its version, "" if it does not start.
 * @param {string} deno
 */
function versionOf(deno) {
  const { status, stdout } = spawnSync(deno, ["--version"], { encoding: "utf8" });
  return status === 0 ? (/deno (\S+)/.exec(stdout)?.[1] ?? "") : "";
}

/**
 * Calls `lost` once when npm, or the shell in which npm runs a script, is gone.
 * @param {() => void} lost
 */
function watchParents(lost) {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    lost();
  }, 500);
  timer.unref();
}

/**
 * The parent's process id; undefined without /proc.
 * @param {number} pid
 */
function parentOf(pid) {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}
