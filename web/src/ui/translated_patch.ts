/** From here on, writing to a text that was replaced writes to what stands in its place: `inPlaceOf`. Once for a page. */
export function patch(inPlaceOf: WeakMap<Node, HTMLElement>): void {
  /** What stands for `node` on the page. */
  const standIn = <Kind extends Node | null>(node: Kind): Kind | HTMLElement => {
    const font = node !== null && !node.isConnected ? inPlaceOf.get(node) : undefined;
    return font?.isConnected ? font : node;
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
