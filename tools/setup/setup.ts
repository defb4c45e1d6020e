import { aptObstacle, installPackages, installWanted, offered } from "./apt.ts";
import { Board } from "./board.ts";
import { SetupError, type Step, type Work } from "./step.ts";
import { sweepTemp } from "./sweep.ts";

const PACKAGES = "Debian packages";

/**
 * Runs the steps that are not satisfied yet. Checks all of them first; if this machine or this user cannot
 * provide something, throws one `SetupError` that lists everything missing, before changing anything. Then
 * runs in parallel as far as the dependencies between steps allow.
 */
export async function setup(steps: readonly Step[], signal: AbortSignal): Promise<void> {
  const board = new Board();
  const works = new Map<string, Work>();
  await Promise.all(steps.map(async (step) => {
    const work = await step.check((text) => board.tell(step.name, text));
    board.drop(step.name);
    if (work) works.set(step.name, work);
  }));
  signal.throwIfAborted();
  if (!works.size) return;

  const packages = [...new Set([...works.values()].flatMap((work) => work.packages ?? []))].sort();
  await refuseWhatCannotBe(works, packages);
  const wanted = await aptObstacle() === undefined
    ? [...works.values()].flatMap((work) => work.wanted ?? [])
    : [];
  await sweepTemp();

  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const begun = new Map<string, Promise<void>>();
  const begin = (name: string): Promise<void> => {
    const work = works.get(name);
    if (!work) return Promise.resolve();
    const running = begun.get(name) ?? finish(name, work);
    begun.set(name, running);
    return running;
  };
  const finish = async (name: string, work: Work) => {
    try {
      if (work.packages?.length || work.wanted?.length) await begin(PACKAGES);
      await Promise.all((work.after ?? []).map(begin));
      if (!work.run) return;
      either.throwIfAborted();
      await work.run((text) => board.tell(name, text), either);
      board.done(name);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  if (packages.length || (await offered(wanted)).length) {
    works.set(PACKAGES, {
      async run(tell, signal) {
        if (packages.length) await installPackages(packages, tell, signal);
        await installWanted(wanted, tell, signal);
      },
    });
  }
  // Waits for all of them, even after a failure, so that they can release their processes and temporary
  // folders.
  await Promise.allSettled([...works.keys()].map(begin));
  either.throwIfAborted();
}

async function refuseWhatCannotBe(works: Map<string, Work>, packages: string[]): Promise<void> {
  const faults: string[] = [];
  for (const [name, work] of works) if (work.obstacle) faults.push(`  ${name}: ${work.obstacle}`);
  const apt = packages.length ? await aptObstacle() : undefined;
  if (apt) {
    for (const [name, work] of works) {
      if (work.packages?.length) {
        faults.push(`  ${name} needs the Debian packages ${work.packages.join(" ")}`);
      }
    }
    faults.push(`Installing Debian packages is not possible: ${apt}. The command for it:`);
    faults.push(
      `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`,
    );
  }
  if (faults.length) throw new SetupError(`Something is missing on this machine:\n${faults.join("\n")}`);
}
