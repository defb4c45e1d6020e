/**
 * Browsers translate a page by putting a <font> in place of each text, or around it; extensions put other elements around
 * ours. What is bound to a text is then bound to a node that nobody sees, or that is elsewhere. From here on, what is written
 * to such a node is written into what stands in its place, and a place is found by what stands there.
 */
const inPlaceOf = new WeakMap<Node, HTMLElement>();

/** Follows what others do below `root`. Once for a page. */
export function followTranslation(root: HTMLElement): void {
  let isPatched = false;
  /** The newest of them: some translators insert first, and remove the text in a step of its own. */
  let font: HTMLElement | undefined;
  new MutationObserver((records) => {
    for (const { target, addedNodes, removedNodes, nextSibling, previousSibling } of records) {
      const added = [...addedNodes].find((node): node is HTMLElement => node.nodeName === "FONT");
      font = added ?? font;
      // Nothing of ours moves from one parent to another.
      const isWrapped = [...removedNodes].some((node) => node.isConnected && node.parentNode !== target);
      if (!isPatched && (isWrapped || font !== undefined)) {
        isPatched = true;
        void import("./translated_patch.ts").then(({ patch }) => patch(inPlaceOf), console.warn);
      }
      const isBeside = added !== undefined || nextSibling === font || previousSibling === font;
      const text = [...removedNodes].find((node) => node.nodeType === Node.TEXT_NODE);
      if (font !== undefined && isBeside && text !== undefined) inPlaceOf.set(text, font);
    }
  }).observe(root, { childList: true, subtree: true });
}
