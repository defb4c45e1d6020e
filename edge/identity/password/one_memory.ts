/** An instance with a memory of this size or more is argon2's, bytes: its blocks alone are 19 MB. The others that hash-wasm makes have 1 MB. */
const LARGE_BYTES = 16 * 1024 * 1024;

/**
 * Lets hash-wasm (4.12) in this thread use one memory for all its passwords. By itself it makes one of 19 MB for each, and they pile up until V8
 * looks for garbage: 600 MB under a flood. For a thread that does nothing else, and one password after another.
 */
export function keepOneMemory(): void {
  const instantiate = WebAssembly.instantiate as (
    module: WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => Promise<WebAssembly.Instance>;
  const kept = new WeakMap<WebAssembly.Module, WebAssembly.Instance>();
  const instantiateOnce: typeof instantiate = async (module, imports) => {
    const instance = kept.get(module);
    const { memory, Hash_GetBuffer } = instance?.exports ?? {};
    if (
      instance !== undefined && memory instanceof WebAssembly.Memory &&
      typeof Hash_GetBuffer === "function" &&
      memory.buffer.byteLength >= LARGE_BYTES
    ) {
      // As a new one would be: it is filled before it is read only in part.
      new Uint8Array(memory.buffer, Hash_GetBuffer()).fill(0);
      return instance;
    }
    const made = await instantiate(module, imports);
    kept.set(module, made);
    return made;
  };
  WebAssembly.instantiate = instantiateOnce as typeof WebAssembly.instantiate;
}
