import assert from "node:assert/strict";
import type { NodeId, RoomId } from "@tafelrunde/protocol";
import { ANYWHERE, type Jurisdiction, type RegionId } from "@tafelrunde/protocol/media";
import { type Candidate, choose, type Need, OPEN_MS, STAY_MS } from "./choose.ts";

const ROOM = "aaaa-bbbb-cccc" as RoomId;
const FRA = "fra" as NodeId;
const BER = "ber" as NodeId;
const ZRH = "zrh" as NodeId;

function node(nodeId: NodeId, part: Partial<Omit<Candidate, "address">> = {}): Candidate {
  const address = {
    nodeId,
    region: nodeId as string as RegionId,
    jurisdiction: (nodeId === ZRH ? "ch" : "de") as Jurisdiction,
  };
  return { address, state: "up", isResting: false, load: 0, roomPeers: 0, ...part };
}

function need(rttByNode: Record<string, number>, part: Partial<Need> = {}): Need {
  return { roomId: ROOM, residency: ANYWHERE, rttByNode, current: null, ...part };
}

Deno.test("[F4] an empty room starts on the node nearest to the first participant", () => {
  assert.equal(choose(need({ fra: 20, ber: 12 }), [node(FRA), node(BER)]), BER);
  assert.equal(choose(need({ fra: 11, ber: 12 }), [node(FRA), node(BER)]), FRA);
});

Deno.test("[F4] a room is opened on another node only for a participant who gains more than it costs", () => {
  const nodes = [node(FRA, { roomPeers: 3 }), node(BER)];
  assert.equal(choose(need({ fra: 10 + OPEN_MS, ber: 10 }), nodes), FRA);
  assert.equal(choose(need({ fra: 11 + OPEN_MS, ber: 10 }), nodes), BER);
});

Deno.test("[F4] load counts only when it is high, and then increasingly", () => {
  const nodes = (load: number) => [node(FRA, { load }), node(BER)];
  assert.equal(choose(need({ fra: 10, ber: 15 }), nodes(0.6)), FRA);
  assert.equal(choose(need({ fra: 10, ber: 15 }), nodes(0.9)), BER);
});

Deno.test("[F5] full and draining nodes take no participants, and the room uses another node", () => {
  const nodes = [node(FRA, { roomPeers: 9, state: "full" }), node(BER, { state: "draining" }), node(ZRH)];
  assert.equal(choose(need({ fra: 1, ber: 2, zrh: 80 }), nodes), ZRH);
  assert.equal(choose(need({ fra: 1, ber: 2 }), nodes.slice(0, 2)), undefined);
});

Deno.test("[F6] a room bound to a jurisdiction is never outside it, however near another node is", () => {
  const residency = { regions: null, jurisdictions: ["de" as Jurisdiction] };
  assert.equal(choose(need({ zrh: 1, fra: 300 }, { residency }), [node(ZRH), node(FRA)]), FRA);
  assert.equal(choose(need({ zrh: 1 }, { residency }), [node(ZRH)]), undefined);
});

Deno.test("[F7] a node that was just lost is used only if there is no other", () => {
  const nodes = [node(FRA, { isResting: true }), node(BER)];
  assert.equal(choose(need({ fra: 1, ber: 50 }), nodes), BER);
  assert.equal(choose(need({ fra: 1, ber: 50 }), nodes.slice(0, 1)), FRA);
});

Deno.test("[F4] no participant changes nodes for a gain within the measuring error", () => {
  const nodes = [node(FRA), node(BER)];
  assert.equal(choose(need({ fra: 10 + STAY_MS - 1, ber: 10 }, { current: FRA }), nodes), FRA);
  assert.equal(choose(need({ fra: 11 + STAY_MS, ber: 10 }, { current: FRA }), nodes), BER);
});

Deno.test("[F4] without measurements rooms spread evenly, and edges that choose at the same time agree", () => {
  const nodes = [node(FRA), node(BER), node(ZRH)];
  const counts = new Map<NodeId, number>();
  for (let room = 0; room < 300; room++) {
    const roomId = `room-${room}` as RoomId;
    const chosen = choose(need({}, { roomId }), nodes)!;
    assert.equal(choose(need({}, { roomId }), nodes.toReversed()), chosen);
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  for (const count of counts.values()) assert.ok(count > 60, String(count));
});

Deno.test("[F4] a node that could not be measured counts as worse than the worst measured one", () => {
  assert.equal(choose(need({ fra: 30 }), [node(FRA), node(BER)]), FRA);
});
