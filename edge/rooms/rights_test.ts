import assert from "node:assert/strict";
import {
  type CoreRight,
  DEFAULT_SETTINGS,
  type Event,
  FEATURE_NAMES,
  type FeatureName,
  features,
  featureSchemas,
  isAtLeast,
  may,
  type ParticipantId,
  type Right,
  RIGHTS,
  type Role,
  ROLES,
  type SpaceId,
  type TokenId,
  type TrackId,
} from "@tafelrunde/protocol";
import {
  after,
  ANNA,
  changed,
  entrant,
  given,
  HERE,
  idOf,
  joined,
  published,
  when,
} from "./decide_for_tests.ts";
import type { ClientCommand, EventDraft } from "./decision.ts";
import { valueFor } from "../../protocol/value_for_tests.ts";
import * as v from "valibot";

const BEN = idOf("Ben");
const DORA = idOf("Dora");
const MICROPHONE = "22222222-2222-4222-8222-222222222222" as TrackId;
const SCREEN = "33333333-3333-4333-8333-333333333333" as TrackId;
const SPACE = "s".repeat(16) as SpaceId;
const NEW = "44444444-4444-4444-8444-444444444444" as TrackId;

/** A message of Ben that only the log has. */
const WRITTEN: Event = {
  type: "chat.posted",
  seq: 1,
  at: 1,
  actor: BEN,
  cause: null,
  participantId: BEN,
  name: "Ben",
  text: "hello",
};

/** A command that needs the right, and that nothing else forbids in the room of `roomWith`. */
const COMMANDS: Readonly<Partial<Record<Right, ClientCommand>> & Record<CoreRight, ClientCommand>> = {
  speak: { type: "track.publish", trackId: NEW, source: "microphone", muted: false },
  camera: { type: "track.publish", trackId: NEW, source: "camera", muted: false },
  share: { type: "track.publish", trackId: NEW, source: "screen", muted: false },
  chat: { type: "chat.post", text: "hello" },
  rename: { type: "participant.rename", participantId: ANNA, name: "Anna B." },
  raiseHand: { type: "hand.raise", raised: true },
  lowerHands: { type: "hand.lower", participantId: BEN },
  renameOthers: { type: "participant.rename", participantId: BEN, name: "Benjamin" },
  deleteMessages: { type: "chat.delete", messageSeq: 1, logged: WRITTEN },
  muteOthers: { type: "track.stop", trackId: MICROPHONE },
  stopOthers: { type: "track.stop", trackId: SCREEN },
  setRole: { type: "role.set", participantId: BEN, role: "presenter" },
  admit: { type: "waiting.admit", participantId: DORA },
  remove: { type: "participant.remove", participantId: BEN, ban: false },
  changeSettings: { type: "room.change", settings: { chat: "moderators" } },
  leadSpaces: { type: "space.move", participantIds: [BEN], spaceId: SPACE },
  endMeeting: { type: "room.end" },
  makeTokens: {
    type: "token.make",
    tokenId: "t".repeat(16) as TokenId,
    kind: "phone",
    name: "Phone",
    hash: "f".repeat(64),
    lastsMs: 60_000,
  },
};

/** Anna as `role`; Ben with raised hand, microphone and screen; and Dora, who waits. */
function roomWith(role: Role, ...drafts: EventDraft[]) {
  return given(
    changed({ waitingRoom: "everyone" }),
    joined(ANNA, "Anna", role),
    joined(BEN, "Ben"),
    { type: "hand.raised", participantId: BEN },
    { type: "space.opened", spaces: [{ spaceId: SPACE, name: { text: "Group 1" }, isFree: false }] },
    published(BEN, "microphone", MICROPHONE),
    published(BEN, "screen", SCREEN),
    { type: "waiting.entered", participantId: DORA, name: "Dora", edgeId: HERE, ...entrant("Dora") },
    ...drafts,
  );
}

/** Rights of the core, and those of features whose commands need a room that is prepared for them. */
const TRIED = Object.entries(COMMANDS) as [Right, ClientCommand][];

for (const [right, command] of TRIED) {
  Deno.test(`[R1] ${right}: every role, allowed or refused by name`, () => {
    for (const role of ROLES) {
      const decision = when(roomWith(role), ANNA, command);
      const isAllowed = may(right, { role }, DEFAULT_SETTINGS);
      if (isAllowed) {
        assert.ok(Array.isArray(decision) && decision.length > 0, `${role}: ${JSON.stringify(decision)}`);
      } else assert.deepEqual(decision, { refused: `${right}.notAllowed` }, role);
    }
  });
}

/** A command of the feature that needs the right, by the feature's own account. */
function commandNeeding(name: FeatureName, right: Right): ClientCommand | undefined {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const needs = features[name].needs as Readonly<
    Record<string, (command: object, self: string) => Right | null>
  >;
  const schemas = Object.entries<v.GenericSchema>(featureSchemas[name].commands);
  for (let n = 0; n < 1_000; n++) {
    const [type, schema] = schemas[Math.floor(random() * schemas.length)]!;
    const made = valueFor(schema, random, [BEN, "some text"]) as object;
    const { success, output } = v.safeParse(schema, { ...made, id: "command-1" });
    if (success && needs[type]!(output as object, ANNA) === right) return output as ClientCommand;
  }
  return undefined;
}

for (const name of FEATURE_NAMES) {
  for (const right of Object.keys(features[name].rights) as Right[]) {
    // "react" is for no command: tests/rights_test.ts.
    if (right in COMMANDS || right === "react") continue;
    Deno.test(`[R1] ${right}: every role, refused by name or for another reason`, () => {
      const command = commandNeeding(name, right);
      assert.ok(command, "no command needs it");
      for (const role of ROLES) {
        const decision = when(roomWith(role), ANNA, command);
        const isRefused: boolean = "refused" in decision && decision.refused === `${right}.notAllowed`;
        assert.equal(isRefused, !may(right, { role }, DEFAULT_SETTINGS), role);
      }
    });
  }
}

Deno.test("[R1] no role below moderator may do what only moderators may, whatever the settings", () => {
  for (const [right] of TRIED) {
    if ("setting" in RIGHTS[right] || right === "raiseHand") continue;
    const allowed = ROLES.filter((role) => may(right, { role }, DEFAULT_SETTINGS));
    assert.deepEqual(allowed, ["owner", "moderator"], right);
  }
});

for (const [right, command] of TRIED) {
  const rule = RIGHTS[right];
  if (!("setting" in rule)) continue;
  Deno.test(`[R2] ${right}: the room's audience, for every role`, () => {
    for (const audience of ["everyone", "members", "presenters", "moderators"] as const) {
      for (const role of ROLES) {
        const decision = when(roomWith(role, changed({ [rule.setting]: audience })), ANNA, command);
        const isShowing = right === "speak" || right === "camera" || right === "share";
        const least = {
          everyone: isShowing ? "guest" : "viewer",
          members: "participant",
          presenters: "presenter",
          moderators: isShowing ? "presenter" : "moderator",
        } as const;
        const isAllowed = isAtLeast(role, least[audience]);
        assert.equal(Array.isArray(decision), isAllowed, `${audience}, ${role}: ${JSON.stringify(decision)}`);
      }
    }
  });
}

Deno.test("[R3] losing a right ends what is being done with it", () => {
  const state = roomWith("owner");
  const ended = (trackId: TrackId) => ({ type: "track.stopping", trackId, ends: true });
  assert.deepEqual(when(state, ANNA, { type: "role.set", participantId: BEN, role: "viewer" }), [
    { type: "role.changed", participantId: BEN, role: "viewer" },
    ended(MICROPHONE),
    ended(SCREEN),
  ]);
  assert.deepEqual(when(state, ANNA, { type: "room.change", settings: { share: "moderators" } }), [
    { type: "room.changed", settings: { share: "moderators" } },
    ended(SCREEN),
  ]);
});

Deno.test("[R4] nobody can act on the owner, and only the owner on a moderator", () => {
  const CEM = idOf("Cem");
  const state = given(
    joined(ANNA, "Anna", "owner"),
    joined(BEN, "Ben", "moderator"),
    joined(CEM, "Cem", "moderator"),
  );
  const attempts = (who: ParticipantId, target: ParticipantId) =>
    ([
      { type: "role.set", participantId: target, role: "guest" },
      { type: "participant.remove", participantId: target, ban: true },
      { type: "participant.rename", participantId: target, name: "Nobody" },
    ] as const).map((command) => when(state, who, command));
  for (const decision of attempts(BEN, ANNA)) assert.deepEqual(decision, { refused: "participant.isOwner" });
  for (const decision of attempts(BEN, CEM)) {
    assert.deepEqual(decision, { refused: "participant.isModerator" });
  }
  for (const decision of attempts(ANNA, CEM)) assert.ok(Array.isArray(decision));
  assert.deepEqual(when(state, ANNA, { type: "role.set", participantId: ANNA, role: "guest" }), {
    refused: "participant.isOwner",
  });
  const stepsDown = when(state, BEN, { type: "role.set", participantId: BEN, role: "participant" });
  assert.ok(Array.isArray(stepsDown), "a moderator may step down");
});

Deno.test("[R5] a role given in the meeting is kept for the person, in all their tabs and when they come back", () => {
  const TAB = idOf("Tab");
  const state = given(
    joined(ANNA, "Anna", "owner"),
    joined(BEN, "Ben"),
    { ...joined(TAB, "Ben"), participantId: TAB } as EventDraft,
    { type: "role.changed", participantId: BEN, role: "presenter" },
  );
  assert.deepEqual([state.participants[BEN]!.role, state.participants[TAB]!.role], [
    "presenter",
    "presenter",
  ]);
  const gone = after(
    state,
    ...[BEN, TAB].map((participantId): EventDraft => ({
      type: "participant.left",
      participantId,
      reason: "left",
    })),
  );
  assert.deepEqual(
    when(gone, BEN, { type: "participant.join", name: "Ben", ...entrant("Ben") }),
    [
      joined(BEN, "Ben", "presenter"),
    ].map((draft) => ({ ...draft, isGuest: true })),
  );
});

Deno.test("[R6] mute all mutes every microphone once, except the sender's own and those of moderators", () => {
  const CEM = idOf("Cem");
  const own = "55555555-5555-4555-8555-555555555555" as TrackId;
  const state = roomWith(
    "owner",
    joined(CEM, "Cem", "moderator"),
    published(ANNA, "microphone", own),
    published(CEM, "microphone", NEW),
  );
  assert.deepEqual(when(state, ANNA, { type: "track.muteAll" }), [{
    type: "track.stopping",
    trackId: MICROPHONE,
    ends: false,
  }]);
  const muted = after(state, { type: "track.muted", trackId: MICROPHONE });
  assert.deepEqual(when(muted, ANNA, { type: "track.muteAll" }), []);
  assert.deepEqual(when(muted, BEN, { type: "track.mute", trackId: MICROPHONE, muted: false }), [{
    type: "track.unmuted",
    trackId: MICROPHONE,
  }]);
});

Deno.test("[R6] a track that a moderator stops is muted or ended when the media node has confirmed it, and not before", () => {
  const state = roomWith("owner");
  const muting = after(state, { type: "track.stopping", trackId: MICROPHONE, ends: false });
  assert.deepEqual([muting.tracks[MICROPHONE]!.muted, muting.tracks[MICROPHONE]!.stopping], [false, "muted"]);
  assert.deepEqual(when(muting, ANNA, { type: "track.stop", trackId: MICROPHONE }), []);
  assert.deepEqual(when(muting, ANNA, { type: "track.muteAll" }), []);
  const mute = (muted: boolean) => when(muting, BEN, { type: "track.mute", trackId: MICROPHONE, muted });
  assert.deepEqual(mute(true), [], "its person cannot say that it is done");
  assert.deepEqual(when(muting, BEN, { type: "track.unpublish", trackId: MICROPHONE }), [
    { type: "track.stopping", trackId: MICROPHONE, ends: true },
  ]);
  const stopped = (trackId: TrackId) => ({ type: "track.stopped", trackId }) as const;
  assert.deepEqual(when(muting, null, stopped(MICROPHONE)), [{ type: "track.muted", trackId: MICROPHONE }]);
  const muted = after(muting, { type: "track.muted", trackId: MICROPHONE });
  assert.deepEqual([muted.tracks[MICROPHONE]!.muted, muted.tracks[MICROPHONE]!.stopping], [true, undefined]);
  assert.deepEqual(when(muted, null, stopped(MICROPHONE)), [], "twice does nothing");
  // Stopped once: the participant may unmute, which cancels the stop.
  assert.deepEqual(mute(false), [{ type: "track.unmuted", trackId: MICROPHONE }]);
  const on = after(muting, { type: "track.unmuted", trackId: MICROPHONE });
  assert.equal(on.tracks[MICROPHONE]!.stopping, undefined);

  const ending = after(state, { type: "track.stopping", trackId: SCREEN, ends: true });
  for (const muted of [true, false]) {
    assert.deepEqual(when(ending, BEN, { type: "track.mute", trackId: SCREEN, muted }), {
      refused: "track.unknown",
    });
  }
  assert.deepEqual(
    when(ending, BEN, { type: "track.publish", trackId: SCREEN, source: "screen", muted: false }),
    {
      refused: "track.unknown",
    },
  );
  assert.deepEqual(when(ending, ANNA, { type: "track.stop", trackId: SCREEN }), []);
  assert.deepEqual(when(ending, null, stopped(SCREEN)), [{ type: "track.unpublished", trackId: SCREEN }]);
});
