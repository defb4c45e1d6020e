/// <reference lib="deno.ns" />
import { deepEqual } from "node:assert/strict";
import {
  EMPTY_STATE,
  type ParticipantId,
  type RoomState,
  type Track,
  type TrackId,
} from "@tafelrunde/protocol";
import { STILL_AFTER_MS, Stillness } from "./stillness.ts";

const [ANNA, BEN] = ["anna", "ben"] as ParticipantId[];

function roomWith(tracks: readonly Partial<Track>[], presence = "here"): RoomState {
  return {
    ...EMPTY_STATE,
    participants: { [ANNA!]: { id: ANNA, presence: "here" }, [BEN!]: { id: BEN, presence } },
    tracks: Object.fromEntries(
      tracks.map((track) => [track.id, { muted: false, participantId: BEN, ...track }]),
    ),
  } as unknown as RoomState;
}

const camera = { id: "camera" as TrackId, source: "camera" } as const;
const microphone = { id: "microphone" as TrackId, source: "microphone" } as const;
const screen = { id: "screen" as TrackId, source: "screen" } as const;
const VIEW = [{ trackId: camera.id, width: 100, height: 100, priority: 1 }];

/** Looks once a second for six seconds; each counter grows until its own `stopsAt`, s. */
function watch(
  state: RoomState,
  stopsAt: Record<string, number>,
  views = VIEW,
  silent: readonly TrackId[] = [],
): ParticipantId[] {
  const stillness = new Stillness();
  let still: ParticipantId[] = [];
  for (let second = 0; second <= 6; second++) {
    const progress = Object.entries(stopsAt).map(([id, stop]) =>
      [id as TrackId, 10 + Math.min(second, stop)] as const
    );
    still = stillness.look(new Map(progress), views, state, ANNA, second * 1_000, silent);
  }
  return still;
}

Deno.test("a participant without incoming audio and video is still, and reported within 4 s", () => {
  deepEqual(watch(roomWith([camera, microphone]), { camera: 1, microphone: 1 }), [BEN]);
  deepEqual(watch(roomWith([microphone]), { microphone: 1 }), [BEN]);
  deepEqual(watch(roomWith([camera, screen]), { camera: 1, screen: 1 }), [BEN]);
  deepEqual(STILL_AFTER_MS < 4_000, true);
});

Deno.test("a participant who sends anything, need not send, or is away already is not still", () => {
  deepEqual(watch(roomWith([camera, microphone]), { camera: 1, microphone: 9 }), []);
  deepEqual(watch(roomWith([camera, microphone]), { camera: 9, microphone: 1 }), []);
  deepEqual(watch(roomWith([screen]), { screen: 1 }), []);
  deepEqual(watch(roomWith([camera]), { camera: 1 }, []), [], "a camera that nobody looks at");
  deepEqual(watch(roomWith([{ ...camera, muted: true }]), { camera: 1 }), []);
  deepEqual(watch(roomWith([{ ...camera, participantId: ANNA! }]), { camera: 1 }), []);
  deepEqual(watch(roomWith([camera], "away"), { camera: 1 }), []);
  deepEqual(watch(roomWith([camera]), {}), [], "not received yet");
});

Deno.test("a participant who shares a screen and sends nothing at all is still, whatever else of theirs is muted", () => {
  const muted = [{ ...camera, muted: true }, { ...microphone, muted: true }];
  const silent = [screen.id];
  deepEqual(watch(roomWith([screen]), { screen: 1 }, VIEW, silent), [BEN]);
  deepEqual(watch(roomWith([screen, ...muted]), { screen: 1, camera: 1, microphone: 1 }, VIEW, silent), [
    BEN,
  ]);
  deepEqual(watch(roomWith([screen], "away"), { screen: 1 }, VIEW, silent), []);
  deepEqual(watch(roomWith([{ ...screen, participantId: ANNA! }]), { screen: 1 }, VIEW, silent), []);
  deepEqual(watch(roomWith([]), {}, VIEW, silent), [], "its track has ended");
});
