/**
 * JSON as a tree that can express more than JSON.parse returns: duplicate names, numbers as written, invalid
 * text.
 */
export type Tree =
  | { readonly kind: "object"; pairs: [name: string, value: Tree][] }
  | { readonly kind: "array"; items: Tree[] }
  | { readonly kind: "raw"; readonly text: string };

/** A JSON value as a tree. */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: "array", items: value.map(treeOf) };
  if (typeof value === "object" && value !== null) {
    return { kind: "object", pairs: Object.entries(value).map(([name, inner]) => [name, treeOf(inner)]) };
  }
  return raw(JSON.stringify(value ?? null));
}

export function raw(text: string): Tree {
  return { kind: "raw", text };
}

/** The tree as text; valid JSON can be copied deeply with `treeOf(JSON.parse(…))`. */
export function textOf(tree: Tree): string {
  switch (tree.kind) {
    case "object":
      return `{${tree.pairs.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(",")}}`;
    case "array":
      return `[${tree.items.map(textOf).join(",")}]`;
    case "raw":
      return tree.text;
  }
}

/** A place in a tree: its value, its name ("" in an array and at the root), and how to replace it. */
export interface TreePlace {
  readonly name: string;
  readonly tree: Tree;
  /** Undefined: removes it. */
  put(tree: Tree | undefined): void;
}

/** All places below `root`, outer before inner; without the root itself. */
export function placesIn(root: Tree): TreePlace[] {
  const places: TreePlace[] = [];
  const visit = (tree: Tree) => {
    if (tree.kind === "array") {
      tree.items.forEach((item, at) => {
        places.push({
          name: "",
          tree: item,
          put: (other) => other === undefined ? tree.items.splice(at, 1) : tree.items[at] = other,
        });
        visit(item);
      });
    } else if (tree.kind === "object") {
      tree.pairs.forEach((pair) => {
        places.push({
          name: pair[0],
          tree: pair[1],
          put(other) {
            if (other === undefined) tree.pairs.splice(tree.pairs.indexOf(pair), 1);
            else pair[1] = other;
          },
        });
        visit(pair[1]);
      });
    }
  };
  visit(root);
  return places;
}
