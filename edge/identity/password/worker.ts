/// <reference lib="deno.worker" />
import { getPriority, setPriority } from "node:os";
import { keepOneMemory } from "./one_memory.ts";
import { doPasswordTask, type PasswordTask } from "./work.ts";

/** How far this thread steps back behind the process's others, and the least that there is, as of nice(1): signaling and media do not wait for passwords. */
const STEP_BACK = 10;
const LEAST = 19;

keepOneMemory();
stepBack();

/** Answers one task after another, in order. */
self.addEventListener("message", async ({ data }: MessageEvent<PasswordTask>) => {
  try {
    self.postMessage({ answer: await doPasswordTask(data) });
  } catch (error) {
    self.postMessage({ fault: String(error) });
  }
});

/** Of this thread alone: on Linux 0 is the calling thread (setpriority(2)). Elsewhere, and where it may not, it runs as all others. */
function stepBack(): void {
  if (Deno.build.os !== "linux") return;
  try {
    setPriority(0, Math.min(LEAST, getPriority(0) + STEP_BACK));
  } catch {
    // Not permitted: the passwords are judged all the same.
  }
}
