/// <reference lib="dom" />
/**
 * Removes what was added to JavaScript and CSS after Chromium 114, Firefox 128 and Safari 17, the oldest
 * supported browsers, and what one of them never had. Runs in a page before its scripts.
 */
export function beAsOldAsSupported(): void {
  const of = (owner: object, ...names: string[]) => names.map((name): [object, string] => [owner, name]);
  const gone = [
    ...of(Promise, "withResolvers", "try"),
    ...of(URL, "canParse", "parse"),
    ...of(AbortSignal, "any"),
    ...of(Object, "groupBy"),
    ...of(Map, "groupBy"),
    ...of(Array, "fromAsync"),
    ...of(String.prototype, "isWellFormed", "toWellFormed"),
    ...of(Uint8Array.prototype, "toHex", "toBase64"),
    ...of(Uint8Array, "fromBase64", "fromHex"),
    ...of(ArrayBuffer.prototype, "transfer", "resize"),
    ...of(RegExp, "escape"),
    ...of(Set.prototype, "union", "intersection", "difference", "symmetricDifference"),
    ...of(Set.prototype, "isSubsetOf", "isSupersetOf", "isDisjointFrom"),
    ...of(Iterator.prototype, "map", "filter", "take", "drop", "flatMap", "toArray", "forEach"),
    ...of(Iterator.prototype, "some", "every", "find", "reduce"),
    ...of(globalThis, "requestIdleCallback", "scheduler", "navigation", "CloseWatcher"),
    ...of(Document.prototype, "startViewTransition", "caretPositionFromPoint"),
    ...of(Element.prototype, "setHTML", "moveBefore", "ariaNotify"),
    ...of(HTMLDialogElement.prototype, "requestClose"),
    ...of(HTMLVideoElement.prototype, "requestVideoFrameCallback", "cancelVideoFrameCallback"),
    ...of(Intl, "DurationFormat"),
    ...of(Intl.Locale.prototype, "getWeekInfo", "weekInfo"),
  ];
  for (const [owner, name] of gone) delete (owner as Record<string, unknown>)[name];
  const supports = CSS.supports.bind(CSS);
  CSS.supports = (...args: [string, string?]) =>
    !args.some((arg) => arg?.includes("light-dark") || arg?.includes("field-sizing")) &&
    supports(...args as [string, string]);
}
