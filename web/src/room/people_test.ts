/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import { EMPTY_STATE, type ParticipantId, type RoomState, type Track } from "@tafelrunde/protocol";
import { peopleInOrder, tilesInOrder, trackOf, tracksByPerson } from "./people.ts";
import type { CallView } from "../call/api.ts";

const YOU = "you" as ParticipantId;

/**
 * Anna with three devices, Ben, and this page's person with two; a camera by device, and whether it is off.
 */
function viewWith(cameras: Readonly<Record<string, boolean>>): CallView {
  const devices = [["a1", "a"], ["ben", "b"], ["a2", "a"], ["you", "y"], ["a3", "a"], ["y2", "y"]] as const;
  const participants = Object.fromEntries(devices.map(([id, person], at) => [id, {
    id,
    persons: [person.padEnd(16, "p")],
    joinedAt: at,
  }]));
  const tracks = Object.fromEntries(
    Object.entries(cameras).map((
      [id, muted],
    ) => [id, { id, participantId: id, source: "camera", muted } as Track]),
  );
  const state = { ...EMPTY_STATE, participants, tracks } as unknown as RoomState;
  return { you: YOU, state } as CallView;
}

Deno.test("[J6] the list has one entry for a person, with all their devices, oneself last", () => {
  deepEqual(peopleInOrder(viewWith({})), [
    { id: "a1", devices: ["a1", "a2", "a3"] },
    { id: "ben", devices: ["ben"] },
    { id: "you", devices: ["you", "y2"] },
  ]);
});

Deno.test("[J6] a person has one tile, and one more for each further camera", () => {
  const tilesWith = (cameras: Readonly<Record<string, boolean>>) => {
    const view = viewWith(cameras);
    return tilesInOrder(view, tracksByPerson(view)).map(({ id, devices }) => [id, devices.join(" ")]);
  };
  const own = ["you", "you y2"];
  deepEqual(tilesWith({ a1: true }), [["a1", "a1 a2 a3"], ["ben", "ben"], own]);
  deepEqual(tilesWith({ a2: false }), [["a2", "a1 a2 a3"], ["ben", "ben"], own]);
  deepEqual(tilesWith({ a1: false, a3: false, y2: false }), [
    ["a1", "a1 a2"],
    ["a3", "a3"],
    ["ben", "ben"],
    ["you", "you"],
    ["y2", "y2"],
  ]);
});

Deno.test("[J6] of a person's tracks the one that is on counts", () => {
  const view = viewWith({ a1: true, a2: false });
  const tracks = tracksByPerson(view);
  const camera = (...devices: string[]) =>
    trackOf(tracks, devices as ParticipantId[], "camera")?.participantId;
  deepEqual([camera("a1", "a2"), camera("a1"), camera("ben")], ["a2", "a1", undefined]);
});

Deno.test("[R13] a recorder is in the list and has no tile; a phone has one", () => {
  const view = viewWith({});
  const kinds = { a1: "recorder", ben: "phone" } as const;
  const participants = Object.fromEntries((["a1", "ben"] as const).map((id) => {
    const participant = view.state.participants[id as ParticipantId]!;
    return [id, { ...participant, kind: kinds[id] }];
  }));
  const recorded = { ...view, state: { ...view.state, participants } } as unknown as CallView;
  deepEqual(peopleInOrder(recorded).map(({ id }) => id), ["a1", "ben"]);
  deepEqual(tilesInOrder(recorded, new Map()).map(({ id }) => id), ["ben"]);
});
