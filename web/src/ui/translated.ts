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
      if (!isPatched) patch();
      isPatched = true;
      const isBeside = added !== undefined || nextSibling === font || previousSibling === font;
      const text = [...removedNodes].find((node) => node.nodeType === Node.TEXT_NODE);
      if (isBeside && text !== undefined) inPlaceOf.set(text, font);
    }
  }).observe(root, { childList: true, subtree: true });
}

/** What stands for `node` on the page. */
function standIn<Kind extends Node | null>(node: Kind): Kind | HTMLElement {
  const font = node !== null && !node.isConnected ? inPlaceOf.get(node) : undefined;
  return font?.isConnected ? font : node;
}

function patch(): void {
  const data = Object.getOwnPropertyDescriptor(CharacterData.prototype, "data")!;
  Object.defineProperty(CharacterData.prototype, "data", {
    ...data,
    set(this: CharacterData, text: string) {
      data.set!.call(this, text);
      const font = standIn(this as Node);
      if (font !== this) font.textContent = text;
    },
  });
  // Where a text is an element's only child, it is found by its place.
  Object.defineProperty(HTMLFontElement.prototype, "data", {
    configurable: true,
    get(this: HTMLElement) {
      return this.textContent;
    },
    set(this: HTMLElement, text: string) {
      this.textContent = text;
    },
  });
  const { insertBefore, removeChild, replaceChild } = Node.prototype;
  Node.prototype.insertBefore = function <T extends Node>(this: Node, node: T, child: Node | null): T {
    return insertBefore.call(this, node, standIn(child)) as T;
  };
  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    removeChild.call(this, standIn(child));
    return child;
  };
  Node.prototype.replaceChild = function <T extends Node>(this: Node, node: Node, child: T): T {
    replaceChild.call(this, node, standIn(child));
    return child;
  };
  const remove = Element.prototype.remove;
  CharacterData.prototype.remove = function (this: CharacterData) {
    const place = standIn(this as Node);
    if (place === this) place.parentNode?.removeChild(place);
    else remove.call(place);
  };
}
