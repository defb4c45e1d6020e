/** One place in mediasoup's worker that has to change for a build against Debian's libraries. */
export interface Patch {
  /** Below the package's `worker` folder. */
  readonly file: string;
  /** Text that must occur in the file exactly once. */
  readonly expected: string;
  readonly replacement: string;
  readonly reason: string;
}

/** Written for mediasoup 3.27.1. */
export const PATCHES: readonly Patch[] = [
  {
    file: "meson.build",
    expected: "meson_version: '>= 1.1.0'",
    replacement: "meson_version: '>= 1.0.0'",
    reason: "Debian 12 has meson 1.0.1; nothing in the build files needs more.",
  },
  {
    file: "src/RTC/DtlsTransport.cpp",
    expected: "(operationType == BIO_CB_RETURN) ?",
    replacement: "((operationType & BIO_CB_RETURN) != 0) ?",
    reason:
      "Debian's libssl has kernel TLS. The callback answers 1 to every question to the BIO whose result it is " +
      "shown; libssl takes that for 'kernel TLS is on', leaves its write buffer NULL and crashes on the first record.",
  },
];

/**
 * A patch does not match mediasoup's source, most likely because of another version than the patch was
 * written for.
 */
export class PatchError extends Error {
  override name = "PatchError";
}

/**
 * Applies all patches below `worker`, or none: throws `PatchError` with every file and text that does not
 * match exactly once, before the first file is written.
 */
export async function applyPatches(worker: string, patches: readonly Patch[] = PATCHES): Promise<void> {
  const texts = new Map<string, string>();
  const faults: string[] = [];
  for (const { file, expected, replacement } of patches) {
    const text = texts.get(file) ?? await Deno.readTextFile(`${worker}/${file}`).catch(() => "");
    const parts = text.split(expected);
    if (parts.length !== 2) {
      faults.push(`  ${file}: expected once, found ${parts.length - 1} times: ${expected}`);
    } else texts.set(file, parts.join(replacement));
  }
  if (faults.length) {
    throw new PatchError(
      "mediasoup's worker cannot be built: a patch of media/worker/patches.ts does not fit its source any more.\n" +
        faults.join("\n"),
    );
  }
  for (const [file, text] of texts) await Deno.writeTextFile(`${worker}/${file}`, text);
}
