/**
 * `deno task test:fresh [--quick]`: checks that a machine that has never seen the project can follow the
 * README. In a bare Debian 12 with Node 20, isolated from everything except npm's and Debian's packages, a
 * clone of HEAD runs `npm start` and `npm test`; two browsers meet in the product; nothing is left over.
 * `--quick`: only one test file, so that little more than the set-up runs. The last line is "fresh machine:
 * passed", or what failed.
 */
import { parseArgs } from "node:util";
import { baseTarball, freshMachineTools } from "./fresh/base.ts";
import { FreshMachine } from "./fresh/machine.ts";
import { Product } from "./fresh/product.ts";
import { findSupply } from "./fresh/supply.ts";
import { runChild } from "./child_process.ts";
import { CACHE, ROOT } from "./places.ts";
import { setup } from "./setup/setup.ts";
import { listenForStop } from "./stop_request.ts";

/** Path of the clone in the machine. */
const CLONE = "/root/tafelrunde";

/** Longest duration of the whole test, ms, so that a hang fails. */
const LONGEST_MS = { quick: 40 * 60_000, whole: 180 * 60_000 };

/** Longest time until stopped processes are gone, ms. */
const LAST_LOOK_MS = 5_000;

/** Packages whose versions are printed. */
const TOLD = ["g++", "chromium", "chromium-headless-shell", "firefox-esr", "postgresql-15", "nats-server"];

/**
 * Leaves a package unpacked without a library that it needs, as a killed set-up does; then removes the
 * package lists again.
 */
const UNFINISHED = `apt-get update -qq && cd /tmp && apt-get download -qq flatbuffers-compiler &&
dpkg --unpack ./flatbuffers-compiler*.deb && rm -rf ./*.deb /var/lib/apt/lists/*`;

/** Only packages are reachable: each of these must fail. */
const CUT_OFF = ["https://github.com", "https://deno.com", "http://1.1.1.1"];

const stop = listenForStop();
const { values: { quick } } = parseArgs({
  args: Deno.args,
  options: { quick: { type: "boolean", default: false } },
});
const limit = AbortSignal.timeout(quick ? LONGEST_MS.quick : LONGEST_MS.whole);
const signal = AbortSignal.any([stop.signal, limit]);
const told: string[] = [];
const begunAt = Date.now();
let code = 0;
try {
  await test();
  tell(`fresh machine: passed (${quick ? "set-up alone" : "whole"}, ${minutes(begunAt)})`);
} catch (error) {
  code = 1;
  for (const line of told) console.log(line);
  const reason = limit.aborted ? "not done in time" : error instanceof Error ? error.message : String(error);
  console.log(`fresh machine: failed: ${stop.signal.aborted ? "stopped" : reason}`);
}
Deno.exit(code);

async function test(): Promise<void> {
  await removeLeftOver();
  await setup([freshMachineTools], signal);
  const supply = await findSupply();
  const folder = await Deno.makeTempDir({ dir: `${CACHE}/tmp`, prefix: `fresh-${Deno.pid}-` });
  let left: string[];
  {
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(folder, { recursive: true }).catch(() => {}));
    const tarball = await step(
      "bare Debian 12",
      () =>
        baseTarball(supply.repositories, folder, (text) => console.log(`bare Debian 12: ${text}`), signal),
    );
    const machine = cleanup.use(await FreshMachine.start(folder, tarball, supply, signal));
    await step("clone of HEAD", () => clone(`${machine.root}${CLONE}`));
    await step("cut off", () => isCutOff(machine));
    await step("a package left unpacked by an earlier set-up", () => must(machine, UNFINISHED, "/"));

    await step("npm start, from nothing", async () => {
      const product = await Product.start(machine, CLONE, signal);
      await product.servesItsPage();
      await product.stop();
    });
    await nothingRuns(machine);
    await step(
      quick ? "npm test, one file" : "npm test",
      () => must(machine, quick ? "npm test -- tools/setup/setup_test.ts" : "npm test", CLONE),
    );
    await nothingRuns(machine);
    await step("two browsers in the product", async () => {
      const product = await Product.start(machine, CLONE, signal);
      const deno = "$(ls -d .cache/deno-*/deno)";
      await must(machine, `${deno} run -A tools/fresh/two_people.ts ${product.origin}`, CLONE);
      await product.stop();
    });
    await nothingRuns(machine);
    await tellVersions(machine);
    left = await machine.end();
  }
  if (left.length) throw new Error(`left over on this machine:\n${left.join("\n")}`);
  tell("nothing is left over: no process, no mount, no namespace, no folder");
}

/** Runs a part of the test, and records how long it took. */
async function step<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  console.log(`── ${name}`);
  const begunAt = Date.now();
  try {
    const result = await act();
    tell(`${name}: ${minutes(begunAt)}`);
    return result;
  } catch (error) {
    tell(`${name}: failed after ${minutes(begunAt)}, putting everything away`);
    throw error;
  }
}

/** Prints a line now, and again at the end if something fails later. */
function tell(line: string): void {
  told.push(line);
  console.log(line);
}

function minutes(begunAt: number): string {
  const seconds = (Date.now() - begunAt) / 1000;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/**
 * Runs a script in the machine, with its output on the terminal; throws with the end of its output if it
 * fails.
 */
async function must(machine: FreshMachine, script: string, folder: string): Promise<string> {
  const { code, output } = await machine.run(script, folder, signal, (line) => console.log(`  ${line}`));
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${output.trimEnd().slice(-3_000)}`);
  return output;
}

async function clone(target: string): Promise<void> {
  const git = async (...args: string[]) => {
    // Inside a hook or an alias, git sets variables that point its children to another repository.
    const unset = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"].flatMap((
      name,
    ) => ["-u", name]);
    const { code, output } = await runChild("env", [...unset, "git", ...args], { cwd: ROOT, signal });
    if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}:\n${output}`);
    return output.trim();
  };
  const head = await git("rev-parse", "HEAD");
  if (await git("status", "--porcelain")) console.log("what is not committed is not tested");
  await git("clone", "--quiet", "--no-hardlinks", ROOT, target);
  await git("-C", target, "checkout", "--quiet", "--detach", head);
  tell(`commit ${head.slice(0, 12)}`);
}

async function isCutOff(machine: FreshMachine): Promise<void> {
  for (const url of CUT_OFF) {
    const script = `node -e 'fetch("${url}").then(() => process.exit(1), () => process.exit(0))'`;
    const { code } = await machine.run(script, "/", signal);
    if (code !== 0) throw new Error(`the machine reaches ${url}`);
  }
}

/**
 * Throws if something that the commands have started outlives them. The last check of a program by its shell
 * can outlive it by half a second.
 */
async function nothingRuns(machine: FreshMachine): Promise<void> {
  const until = performance.now() + LAST_LOOK_MS;
  for (;;) {
    const running = await machine.processes();
    if (running.length === 0) return;
    if (performance.now() > until) {
      throw new Error(`still running:\n${running.map(({ command }) => command).join("\n")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function tellVersions(machine: FreshMachine): Promise<void> {
  const versions = await machine.run(
    `echo "Debian $(cat /etc/debian_version), Node $(node --version), npm $(npm --version)"
    for name in .cache/*-*; do echo "$(basename "$name")"; done
    dpkg-query -W -f '\${Package} \${Version}\\n' ${TOLD.join(" ")}`,
    CLONE,
    signal,
  );
  tell(versions.output.trim().split("\n").join(" · "));
}

/** Removes folders of earlier runs that were killed; their namespaces ended with them. */
async function removeLeftOver(): Promise<void> {
  await Deno.mkdir(`${CACHE}/tmp`, { recursive: true });
  for await (const { name } of Deno.readDir(`${CACHE}/tmp`)) {
    const pid = /^fresh-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || await Deno.stat(`/proc/${pid}`).then(() => true, () => false)) continue;
    await Deno.remove(`${CACHE}/tmp/${name}`, { recursive: true });
    console.log("removed what a run that was killed had left");
  }
}
