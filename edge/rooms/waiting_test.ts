import assert from "node:assert/strict";
import {
  MAX_WAITING,
  type PersonId,
  refuse,
  type Role,
  type RoomSettingsChange,
  type RoomState,
} from "@tafelrunde/protocol";
import {
  after,
  ANNA,
  BEN,
  changed,
  ELSEWHERE,
  entrant,
  given,
  HERE,
  idOf,
  join,
  joined,
  personOf,
  when,
} from "./decide_for_tests.ts";
import type { EventDraft } from "./decision.ts";

const CEM = idOf("Cem");

const waits = (name: string, role: Role = "guest"): EventDraft => ({
  type: "waiting.entered",
  participantId: idOf(name),
  name,
  edgeId: HERE,
  ...entrant(name, role),
});

/** A room with these settings and its owner in it. */
const hosted = (settings: RoomSettingsChange, ...drafts: EventDraft[]) =>
  given(changed(settings), joined(ANNA, "Anna", "owner"), ...drafts);

Deno.test("[W1] off: nobody waits; guests: guests do; everyone: all but moderators do", () => {
  const roles: Role[] = ["owner", "moderator", "participant", "guest"];
  const waitingOf = (settings: RoomSettingsChange) =>
    roles.filter((role) => {
      const decision = when(hosted(settings), BEN, join("Ben", role));
      return Array.isArray(decision) && decision[0].type === "waiting.entered";
    });
  assert.deepEqual(waitingOf({ waitingRoom: "off" }), []);
  assert.deepEqual(waitingOf({ waitingRoom: "guests" }), ["guest"]);
  assert.deepEqual(waitingOf({ waitingRoom: "everyone" }), ["participant", "guest"]);
});

Deno.test("[W1] without join before host, participants wait for a moderator, and enter with the first", () => {
  const empty = given(changed({ joinBeforeHost: false }));
  assert.deepEqual(when(empty, BEN, join("Ben")), [waits("Ben")]);
  const state = after(empty, waits("Ben"), waits("Cem"));
  assert.deepEqual(when(state, ANNA, join("Anna", "moderator")), [
    joined(ANNA, "Anna", "moderator"),
    joined(BEN, "Ben"),
    joined(CEM, "Cem"),
  ]);
  const both = after(state, changed({ waitingRoom: "guests" }));
  assert.deepEqual(when(both, ANNA, join("Anna", "moderator")), [joined(ANNA, "Anna", "moderator")]);
});

Deno.test("[W3] moderators admit one person with all their devices, or everyone, as far as there is room", () => {
  const tab = idOf("Tab");
  const state = hosted(
    { waitingRoom: "everyone", maxParticipants: 2 },
    waits("Ben"),
    { ...waits("Ben"), participantId: tab } as EventDraft,
    waits("Cem"),
  );
  assert.deepEqual(when(state, ANNA, { type: "waiting.admit", participantId: BEN }), [
    joined(BEN, "Ben"),
    joined(tab, "Ben"),
  ]);
  const all = when(state, ANNA, { type: "waiting.admit", participantId: null });
  assert.deepEqual(all, [joined(BEN, "Ben"), joined(tab, "Ben")], "one place is left: two devices need one");
  const full = after(state, joined(BEN, "Ben"), joined(tab, "Ben"));
  assert.deepEqual(when(full, ANNA, { type: "waiting.admit", participantId: CEM }), refuse("room.full"));
  assert.deepEqual(when(full, ANNA, { type: "waiting.admit", participantId: BEN }), [], "was let in already");
  assert.deepEqual(
    when(full, ANNA, { type: "waiting.admit", participantId: idOf("Nobody") }),
    refuse("participant.unknown"),
  );
});

Deno.test("[W4] an admitted person need not wait again until they are removed", () => {
  const state = hosted({ waitingRoom: "everyone" }, waits("Ben"));
  const admitted = admit(state);
  const gone = after(admitted, { type: "participant.left", participantId: BEN, reason: "lost" });
  assert.deepEqual(when(gone, BEN, join("Ben")), [joined(BEN, "Ben")]);
  const removed = after(admitted, { type: "participant.left", participantId: BEN, reason: "removed" });
  assert.deepEqual(when(removed, BEN, join("Ben")), [waits("Ben")]);
});

Deno.test("[W4] a removed person waits even where nobody else does; a banned one is refused, under any name", () => {
  const state = hosted({}, joined(BEN, "Ben"));
  const remove = (ban: boolean) =>
    after(
      state,
      ...when(state, ANNA, { type: "participant.remove", participantId: BEN, ban }) as EventDraft[],
    );
  assert.deepEqual(when(remove(false), idOf("Other"), { ...join("Ben"), name: "Other" }), [
    { ...waits("Ben"), participantId: idOf("Other"), name: "Other" },
  ]);
  const banned = remove(true);
  const asGuest = { ...join("Ben"), persons: [personOf("Else") as PersonId, personOf("Ben")] };
  assert.deepEqual(when(banned, BEN, asGuest), refuse("room.banned"));
  const ended = after(banned, { type: "room.ended" });
  assert.deepEqual(when(ended, BEN, join("Ben")), [joined(BEN, "Ben")], "until the meeting ends");
});

Deno.test("[W6] turning the waiting room off, or down, admits those who need not wait anymore", () => {
  const state = hosted({ waitingRoom: "everyone" }, waits("Ben"), waits("Cem", "participant"));
  const down = when(state, ANNA, { type: "room.change", settings: { waitingRoom: "guests" } });
  assert.deepEqual((down as EventDraft[]).slice(1), [joined(CEM, "Cem", "participant")]);
  const off = when(state, null, {
    type: "room.sync",
    name: "",
    settings: { ...state.room.settings, waitingRoom: "off" },
  });
  assert.deepEqual((off as EventDraft[]).slice(1), [joined(BEN, "Ben"), joined(CEM, "Cem", "participant")]);
});

Deno.test("[W7] a declined person gets a message, and may ask again", () => {
  const state = hosted({ waitingRoom: "everyone" }, waits("Ben"));
  const decline = when(state, ANNA, { type: "waiting.decline", participantId: BEN, text: " later\0 " });
  assert.deepEqual(decline, [
    { type: "waiting.left", participantId: BEN, reason: "declined", text: "later" },
  ]);
  assert.deepEqual(when(after(state, ...decline as EventDraft[]), BEN, join("Ben")), [waits("Ben")]);
});

Deno.test("[W8] a waiting participant can be away, come back on another edge or be lost like anyone else, and can ask nothing", () => {
  const state = hosted({ waitingRoom: "everyone" }, waits("Ben"));
  assert.deepEqual(when(state, null, { type: "participant.lose", participantId: BEN, edgeId: HERE }), [
    { type: "waiting.away", participantId: BEN },
  ]);
  assert.deepEqual(when(state, BEN, join("Ben"), ELSEWHERE), [
    { type: "waiting.returned", participantId: BEN, edgeId: ELSEWHERE },
  ]);
  const away = after(state, { type: "waiting.away", participantId: BEN });
  const { presenceAt } = away.waiting[BEN]!;
  assert.deepEqual(when(away, null, { type: "participant.expire", participantId: BEN, presenceAt }), [
    { type: "waiting.left", participantId: BEN, reason: "lost" },
  ]);
  assert.deepEqual(when(state, BEN, { type: "participant.leave" }), [
    { type: "waiting.left", participantId: BEN, reason: "left" },
  ]);
  assert.deepEqual(when(state, BEN, { type: "chat.post", text: "x" }), refuse("participant.notJoined"));
});

Deno.test("[W9] the waiting list is bounded, and guests are refused where guests are not allowed", () => {
  const names = Array.from({ length: MAX_WAITING }, (_, n) => `w${n.toString().padStart(3, "0")}`);
  const state = hosted({ waitingRoom: "everyone" }, ...names.map((name) => waits(name)));
  assert.deepEqual(when(state, BEN, join("Ben")), refuse("room.waitingFull"));
  assert.deepEqual(when(hosted({ guests: false }), BEN, join("Ben")), refuse("room.guestsNotAllowed"));
  assert.deepEqual(when(hosted({ guests: false }), BEN, join("Ben", "participant")), [
    joined(BEN, "Ben", "participant"),
  ]);
});

/** Anna admits Ben. */
function admit(state: RoomState): RoomState {
  const [draft] = when(state, ANNA, { type: "waiting.admit", participantId: BEN }) as EventDraft[];
  const admitted = after(state, draft!);
  const known = { ...admitted.known, [personOf("Ben")]: { entry: "admitted" as const } };
  return { ...admitted, known };
}
