/// <reference lib="deno.worker" />
import { keepOneMemory } from "./one_memory.ts";
import { doPasswordTask, type PasswordTask } from "./work.ts";

keepOneMemory();

/** Answers one task after another, in order. */
self.addEventListener("message", async ({ data }: MessageEvent<PasswordTask>) => {
  try {
    self.postMessage({ answer: await doPasswordTask(data) });
  } catch (error) {
    self.postMessage({ fault: String(error) });
  }
});
