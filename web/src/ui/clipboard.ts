/** What came of copying: the text, as far as it could be had, and whether it is on the clipboard. */
export interface Copied {
  readonly text: string | undefined;
  readonly isCopied: boolean;
}

/**
 * Puts a text on the clipboard; to be called within a click. A text that has yet to be asked for (undefined: it cannot be
 * had) is promised to the clipboard at once: a click counts in Safari only until something is waited for. Never rejects.
 */
export async function copyText(text: string | Promise<string | undefined>): Promise<Copied> {
  const asked = Promise.resolve(text).catch(() => undefined);
  try {
    const copying = typeof text === "string" ? navigator.clipboard.writeText(text) : promiseText(asked);
    await copying;
    return { text: await asked, isCopied: true };
  } catch {
    // No clipboard (a page without HTTPS), no leave to use it, or nothing to copy.
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
