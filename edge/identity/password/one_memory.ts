/**
 * An instance whose memory has at least this size is argon2's, bytes: its blocks alone are 19 MB. hash-wasm's
 * others have 1 MB.
 */
const LARGE_BYTES = 16 * 1024 * 1024;

/**
 * Makes hash-wasm (4.12) reuse one memory for all passwords of this thread. By default it allocates 19 MB for
 * each, and these pile up until V8 collects garbage: 600 MB under a flood. For a thread that does nothing
 * else, and one password at a time.
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
      // Zeroed like a new memory, since parts of it are read before they are written.
      new Uint8Array(memory.buffer, Hash_GetBuffer()).fill(0);
      return instance;
    }
    const made = await instantiate(module, imports);
    kept.set(module, made);
    return made;
  };
  WebAssembly.instantiate = instantiateOnce as typeof WebAssembly.instantiate;
}
