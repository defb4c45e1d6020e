/** The outcome of copying: the text, if available, and whether it is on the clipboard. */
export interface Copied {
  readonly text: string | undefined;
  readonly isCopied: boolean;
}

/**
 * Copies a text to the clipboard; must be called within a click. A text that must be requested first
 * (undefined: unavailable) is promised to the clipboard at once: in Safari a click counts only until the code
 * waits. Never rejects.
 */
export async function copyText(text: string | Promise<string | undefined>): Promise<Copied> {
  const asked = Promise.resolve(text).catch(() => undefined);
  try {
    const copying = typeof text === "string" ? navigator.clipboard.writeText(text) : promiseText(asked);
    await copying;
    return { text: await asked, isCopied: true };
  } catch {
    // No clipboard (a page without HTTPS), no permission to use it, or nothing to copy.
    return { text: await asked, isCopied: false };
  }
}

async function promiseText(asked: Promise<string | undefined>): Promise<void> {
  const found = asked.then((text) => {
    if (text === undefined) throw new Error("nothing to copy");
    return new Blob([text], { type: "text/plain" });
  });
  if (globalThis.ClipboardItem === undefined) {
    return await navigator.clipboard.writeText(await (await found).text());
  }
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": found })]);
}
