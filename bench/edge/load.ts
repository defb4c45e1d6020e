/** One load generator: the task's name and its JSON as arguments, the figures as JSON on standard output. */
import { fanout } from "./fanout.ts";
import { idle } from "./idle.ts";
import { memory } from "./memory.ts";
import { storm } from "./storm.ts";

const TASKS = { fanout, storm, idle, memory } as const;

export type TaskName = keyof typeof TASKS;

if (import.meta.main) {
  const [name, task] = Deno.args as [TaskName, string];
  const run = TASKS[name] as (task: unknown) => Promise<unknown>;
  console.log(JSON.stringify({ figures: await run(JSON.parse(task)) }));
  Deno.exit(0);
}
