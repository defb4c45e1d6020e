/// <reference lib="deno.worker" />
/**
 * Loaded before the worker: answers `{ type: "memories" }` with the number of argon2-sized memories that were
 * created in this thread.
 */

/** As in one_memory.ts. */
const LARGE_BYTES = 16 * 1024 * 1024;

const made: WebAssembly.Instance[] = [];
const instantiate = WebAssembly.instantiate as (
  module: WebAssembly.Module,
  imports?: WebAssembly.Imports,
) => Promise<WebAssembly.Instance>;
const instantiateCounted: typeof instantiate = async (module, imports) => {
  const instance = await instantiate(module, imports);
  made.push(instance);
  return instance;
};
WebAssembly.instantiate = instantiateCounted as typeof WebAssembly.instantiate;

self.addEventListener("message", (event: MessageEvent<{ readonly type: string }>) => {
  if (event.data.type !== "memories") return;
  event.stopImmediatePropagation();
  const large = made.filter(({ exports: { memory } }) =>
    memory instanceof WebAssembly.Memory && memory.buffer.byteLength >= LARGE_BYTES
  );
  self.postMessage({ answer: large.length });
});
