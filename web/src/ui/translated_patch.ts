/**
 * From here on, writes to a replaced text go to its replacement (`inPlaceOf`), and inserting, replacing or
 * removing at a node finds its current position. Once per page.
 */
export function patch(inPlaceOf: WeakMap<Node, HTMLElement>): void {
  /** The replacement of `node` on the page. */
  const standIn = <Kind extends Node | null>(node: Kind): Kind | HTMLElement => {
    const font = node !== null && !node.isConnected ? inPlaceOf.get(node) : undefined;
    return font?.isConnected ? font : node;
  };
  /** The current parent of `child` of `parent`: other code might have put an element around it. */
  const parentOf = (parent: Node, child: Node | null): Node => {
    const now = child?.parentNode;
    return now != null && now !== parent && parent.contains(now) ? now : parent;
  };
  const data = Object.getOwnPropertyDescriptor(CharacterData.prototype, "data")!;
  Object.defineProperty(CharacterData.prototype, "data", {
    ...data,
    set(this: CharacterData, text: string) {
      data.set!.call(this, text);
      const font = standIn(this as Node);
      if (font !== this) font.textContent = text;
    },
  });
  // If a text is an element's only child, its position identifies it.
  Object.defineProperty(HTMLElement.prototype, "data", {
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
    const before = standIn(child);
    return insertBefore.call(parentOf(this, before), node, before) as T;
  };
  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    const gone = standIn(child);
    removeChild.call(parentOf(this, gone), gone);
    return child;
  };
  Node.prototype.replaceChild = function <T extends Node>(this: Node, node: Node, child: T): T {
    const gone = standIn(child);
    replaceChild.call(parentOf(this, gone), node, gone);
    return child;
  };
  const remove = Element.prototype.remove;
  CharacterData.prototype.remove = function (this: CharacterData) {
    const place = standIn(this as Node);
    if (place === this) place.parentNode?.removeChild(place);
    else remove.call(place);
  };
}
