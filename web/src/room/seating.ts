/**
 * The order of tiles when not all fit: `before` with newcomers at the end, but a speaker gets one of the
 * first `visible` places, in exchange for the person there who has been silent longest. Nobody else moves.
 * `lastSpokenAt` returns the last instant a person was heard, 0: never.
 */
export function seat<Id>(
  before: readonly Id[],
  present: readonly Id[],
  speaking: readonly Id[],
  visible: number,
  lastSpokenAt: (id: Id) => number,
): readonly Id[] {
  const here = new Set(present);
  const kept = before.filter((id) => here.has(id));
  const known = new Set(kept);
  const order = [...kept, ...present.filter((id) => !known.has(id))];
  for (const speaker of speaking) {
    const from = order.indexOf(speaker);
    if (from < visible) continue; // already visible, or not here
    const to = quietest(order, visible, speaking, lastSpokenAt);
    if (to === -1) break; // every visible person is speaking
    order[from] = order[to]!;
    order[to] = speaker;
  }
  return order;
}

function quietest<Id>(
  order: readonly Id[],
  visible: number,
  speaking: readonly Id[],
  lastSpokenAt: (id: Id) => number,
): number {
  let quietest = -1;
  for (let at = Math.min(visible, order.length) - 1; at >= 0; at--) {
    const id = order[at]!;
    if (speaking.includes(id)) continue;
    if (quietest === -1 || lastSpokenAt(id) < lastSpokenAt(order[quietest]!)) quietest = at;
  }
  return quietest;
}
