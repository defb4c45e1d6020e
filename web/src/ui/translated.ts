/**
 * Browsers translate a page by putting a <font> in place of each text. What is bound to a text is then bound to a node that
 * nobody sees. From here on, what is written to such a node is written into what stands in its place, and a place is found
 * by what stands there.
 */
const inPlaceOf = new WeakMap<Node, HTMLElement>();

/** Follows what translators do below `root`. Once for a page. */
export function followTranslation(root: HTMLElement): void {
  let isPatched = false;
  /** The newest of them: some translators insert first, and remove the text in a step of its own. */
  let font: HTMLElement | undefined;
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes, nextSibling, previousSibling } of records) {
      const added = [...addedNodes].find((node): node is HTMLElement => node.nodeName === "FONT");
      font = added ?? font;
      if (font === undefined) continue;
      if (!isPatched) {
        void import("./translated_patch.ts").then(({ patch }) => patch(inPlaceOf), console.warn);
      }
      isPatched = true;
      const isBeside = added !== undefined || nextSibling === font || previousSibling === font;
      const text = [...removedNodes].find((node) => node.nodeType === Node.TEXT_NODE);
      if (isBeside && text !== undefined) inPlaceOf.set(text, font);
    }
  }).observe(root, { childList: true, subtree: true });
}
