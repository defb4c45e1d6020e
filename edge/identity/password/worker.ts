/// <reference lib="deno.worker" />
import { getPriority, setPriority } from "node:os";
import { keepOneMemory } from "./one_memory.ts";
import { doPasswordTask, type PasswordTask } from "./work.ts";

/**
 * How much this thread lowers its priority compared with the process's other threads, and the lowest there
 * is, in units of nice(1): signaling and media do not wait for passwords.
 */
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

/**
 * Applies to this thread only: on Linux 0 is the calling thread (setpriority(2)). On other systems, or
 * without permission, the priority stays.
 */
function stepBack(): void {
  if (Deno.build.os !== "linux") return;
  try {
    setPriority(0, Math.min(LEAST, getPriority(0) + STEP_BACK));
  } catch {
    // Not permitted: passwords are checked all the same.
  }
}
