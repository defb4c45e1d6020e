/**
 * Moves the focus on when the focused element is removed from the page, by anyone; for the whole document,
 * from the first import on.
 */

/** Selector of focusable elements. */
const REACHED = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), " +
  "textarea:not(:disabled), summary, [tabindex='0']";

/** The last focused element, unless the focus has left it since. */
let last: HTMLElement | undefined;

/**
 * The focus was moved, and the key that might have caused it is still down: it would press the newly focused
 * element.
 */
let isKeyDown = false;
let isHandedOn = false;
document.addEventListener("keydown", (event) => {
  isKeyDown = true;
  if (isHandedOn && event.repeat) event.preventDefault();
  else isHandedOn = false;
}, true);
document.addEventListener("keyup", () => isKeyDown = isHandedOn = false, true);

document.addEventListener("focusin", ({ target }) => {
  last = target instanceof HTMLElement ? target : undefined;
});
document.addEventListener("focusout", ({ target }) => {
  // Some browsers also fire this for removed elements: the removal is noticed before this runs.
  setTimeout(() => {
    if (last === target && last?.isConnected && document.activeElement !== last) last = undefined;
  });
});
new MutationObserver((records) => {
  if (last === undefined || document.activeElement !== document.body || last.matches(":disabled")) return;
  const had = last;
  const removal = records.find(({ removedNodes }) => contains(removedNodes, had));
  if (removal === undefined) return;
  // A moved row: browsers take the focus from it.
  const next = had.isConnected ? had : heirOf(had, had, removal, records);
  last = undefined;
  isHandedOn = isKeyDown;
  next?.focus();
}).observe(document.body, { childList: true, subtree: true });

/**
 * The element that gets the focus of `had`, which was removed with `lost`: its counterpart in the next row,
 * or in the previous one; else the element before it in the same place, or the place.
 */
function heirOf(
  had: HTMLElement,
  lost: Node,
  removal: MutationRecord,
  records: readonly MutationRecord[],
): HTMLElement | undefined {
  const removed = [...removal.removedNodes].find((node) => node.contains(lost)) as HTMLElement;
  // A new page sets its own focus.
  if (removed.querySelector("main, h1") !== null) return undefined;
  const { target } = removal;
  if (!target.isConnected) {
    const outer = records.find(({ removedNodes }) => contains(removedNodes, target));
    return outer && heirOf(had, target, outer, records);
  }
  if (!(target instanceof HTMLElement)) return undefined;
  const at = reachedIn(removed).indexOf(had);
  const before = [...siblings(removal.previousSibling, "previousSibling")];
  for (const row of [...siblings(removal.nextSibling, "nextSibling"), ...before, ...target.children]) {
    // Its counterpart: a "more" button has the list before it, and no row.
    const isRow = row instanceof HTMLElement && row.nodeName === removed.nodeName &&
      row.className === removed.className && row.parentNode === target;
    const reached = isRow ? reachedIn(row).filter(isShown) : [];
    if (reached.length > 0) return reached[Math.max(0, Math.min(at, reached.length - 1))];
  }
  const place = target.closest<HTMLElement>("[tabindex], dialog, main");
  if (place === null || place.hasAttribute("tabindex")) return place ?? undefined;
  const ahead = before.flatMap((node) => node instanceof HTMLElement ? reachedIn(node).toReversed() : []);
  return [...ahead, ...reachedIn(place)].find(isShown);
}

function contains(nodes: NodeList, node: Node): boolean {
  return [...nodes].some((each) => each.contains(node));
}

function* siblings(from: Node | null, way: "nextSibling" | "previousSibling"): Iterable<Node> {
  for (let node = from; node !== null; node = node[way]) yield node;
}

function reachedIn(row: HTMLElement): HTMLElement[] {
  return [row, ...row.querySelectorAll<HTMLElement>("*")].filter((element) => element.matches(REACHED));
}

function isShown(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}
