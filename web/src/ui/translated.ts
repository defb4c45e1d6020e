/**
 * Browsers translate a page by putting a <font> in place of each text, or around it; extensions put other
 * elements around ours. Bindings then refer to a node that is no longer visible, or is elsewhere. This maps
 * such nodes to their replacements: writes go to the replacement, and positions are found by it.
 */
const inPlaceOf = new WeakMap<Node, HTMLElement>();

/** Follows others' changes below `root`. Once per page. */
export function followTranslation(root: HTMLElement): void {
  let isPatched = false;
  /** The newest one: some translators insert first, and remove the text in a separate step. */
  let font: HTMLElement | undefined;
  new MutationObserver((records) => {
    for (const { target, addedNodes, removedNodes, nextSibling, previousSibling } of records) {
      const added = [...addedNodes].find((node): node is HTMLElement => node.nodeName === "FONT");
      font = added ?? font;
      // Our own nodes never move from one parent to another.
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
