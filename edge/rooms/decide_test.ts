import assert from "node:assert/strict";
import {
  EMPTY_STATE,
  type Event,
  MAX_PARTICIPANTS,
  type ParticipantId,
  type SpaceId,
  type TrackId,
} from "@tafelrunde/protocol";
import {
  after,
  ANNA,
  BEN,
  CAMERA,
  ELSEWHERE,
  given,
  HERE,
  join,
  joined,
  published,
  when,
} from "./decide_for_tests.ts";
import type { EventDraft, RoomCommand } from "./decision.ts";

Deno.test("[P1] joining needs a name of 1 to 80 characters, cleaned of characters that imitate another name", () => {
  const joinAs = (name: string) => when(EMPTY_STATE, ANNA, { ...join("Anna"), name });
  assert.deepEqual(joinAs("  Anna \u202e\n "), [joined(ANNA)]);
  for (const name of ["", "   ", "\u200f", "x".repeat(81)]) {
    assert.deepEqual(joinAs(name), { refused: "participant.nameInvalid" }, name);
  }
});

Deno.test("[P2] a full room refuses the next participant, and takes back one who was in it", () => {
  const ids = Array.from(
    { length: MAX_PARTICIPANTS },
    (_, index) => String(index).padEnd(26, "x") as ParticipantId,
  );
  const full = given(...ids.map((id) => joined(id, id)));
  assert.deepEqual(when(full, ANNA, join("Anna")), { refused: "room.full" });
  assert.deepEqual(when(full, ids[0]!, join("again")), []);
});

Deno.test("[P3] joining again resumes, under the earlier name", () => {
  const away = given(joined(ANNA), { type: "participant.away", participantId: ANNA });
  const back = [{ type: "participant.returned", participantId: ANNA, edgeId: ELSEWHERE }];
  assert.deepEqual(when(away, ANNA, join("Other"), ELSEWHERE), back);
  assert.deepEqual(when(given(joined(ANNA)), ANNA, join("Anna")), []);
});

Deno.test("[P5] only the edge that holds a participant's socket can lose them", () => {
  const state = given(joined(ANNA));
  assert.deepEqual(
    when(state, null, { type: "participant.lose", participantId: ANNA, edgeId: ELSEWHERE }),
    [],
  );
  assert.deepEqual(when(state, null, { type: "participant.lose", participantId: ANNA, edgeId: HERE }), [{
    type: "participant.away",
    participantId: ANNA,
  }]);
});

Deno.test("[P6] a participant who came back in time is not removed for the earlier absence", () => {
  const away = given(joined(ANNA), { type: "participant.away", participantId: ANNA });
  const { presenceAt } = away.participants[ANNA]!;
  const expire = { type: "participant.expire", participantId: ANNA, presenceAt } as const;
  assert.deepEqual(when(away, null, expire), [{
    type: "participant.left",
    participantId: ANNA,
    reason: "lost",
  }]);
  assert.deepEqual(when(away, null, { ...expire, presenceAt: presenceAt - 1 }), []);
  assert.deepEqual(when(given(joined(ANNA)), null, expire), []);
});

Deno.test("[P7] every command but join needs a participant who has joined", () => {
  const commands: RoomCommand[] = [
    { type: "participant.leave" },
    { type: "hand.raise", raised: true },
    { type: "chat.post", text: "hello" },
    { type: "track.publish", trackId: CAMERA, source: "camera", muted: false },
    { type: "track.mute", trackId: CAMERA, muted: true },
    { type: "track.unpublish", trackId: CAMERA },
  ];
  for (const command of commands) {
    assert.deepEqual(
      when(given(joined(BEN)), ANNA, command),
      { refused: "participant.notJoined" },
      command.type,
    );
  }
});

Deno.test("[H1] a hand goes up once and down once", () => {
  const down = given(joined(ANNA));
  const up = given(joined(ANNA), { type: "hand.raised", participantId: ANNA });
  assert.deepEqual(when(down, ANNA, { type: "hand.raise", raised: true }), [{
    type: "hand.raised",
    participantId: ANNA,
  }]);
  assert.deepEqual(when(up, ANNA, { type: "hand.raise", raised: true }), []);
  assert.deepEqual(when(up, ANNA, { type: "hand.raise", raised: false }), [{
    type: "hand.lowered",
    participantId: ANNA,
  }]);
  assert.deepEqual(when(down, ANNA, { type: "hand.raise", raised: false }), []);
});

Deno.test("[G4] a hand that is raised in a space counts there only, and is lowered when its person leaves it", () => {
  const space = "x".repeat(16) as SpaceId;
  const room = given(joined(ANNA), joined(BEN, "Ben"), {
    type: "space.opened",
    spaces: [{ spaceId: space, name: { text: "Group" }, isFree: false }],
  });
  const moved = (spaceId: SpaceId | null): EventDraft => ({
    type: "space.moved",
    participantIds: [BEN],
    spaceId,
  });
  const raised = after(room, moved(space), { type: "hand.raised", participantId: BEN, space });
  assert.deepEqual(Object.keys(raised.spaces[space]?.slices.hand ?? {}), [BEN]);
  assert.deepEqual(raised.hand, {});
  assert.deepEqual(after(raised, moved(null)).spaces[space]?.slices.hand, {});
});

Deno.test("[C1] a message is trimmed, and has 1 to 4,000 characters", () => {
  const post = (text: string) => when(given(joined(ANNA)), ANNA, { type: "chat.post", text });
  assert.deepEqual(post(" hello\nyou "), [{
    type: "chat.posted",
    participantId: ANNA,
    name: "Anna",
    text: "hello\nyou",
  }]);
  assert.deepEqual(post(" \n "), { refused: "chat.empty" });
  assert.deepEqual(post("x".repeat(4001)), { refused: "chat.tooLong" });
});

Deno.test("[C6] authors delete their own messages and moderators any, once", () => {
  const posted = (participantId: ParticipantId, text: string): EventDraft => ({
    type: "chat.posted",
    participantId,
    name: "Somebody",
    text,
  });
  const state = given(joined(ANNA), joined(BEN, "Ben", "moderator"), posted(ANNA, "a"), posted(BEN, "b"));
  const remove = (
    who: ParticipantId,
    messageSeq: number,
    logged: Event | null = null,
    from = state,
  ) => when(from, who, { type: "chat.delete", messageSeq, logged });
  const deleted = (messageSeq: number) => [{ type: "chat.deleted", messageSeq }];
  const inLog = (participantId: ParticipantId, text: string | null): Event => ({
    type: "chat.posted",
    seq: 2,
    at: 1,
    actor: participantId,
    cause: null,
    participantId,
    name: "Somebody",
    text,
  });
  assert.deepEqual(remove(ANNA, 3), deleted(3));
  assert.deepEqual(remove(BEN, 3), deleted(3));
  assert.deepEqual(remove(BEN, 4), deleted(4));
  assert.deepEqual(remove(ANNA, 4), { refused: "deleteMessages.notAllowed" });
  assert.deepEqual(remove(BEN, 1), { refused: "chat.unknown" }, "somebody's coming is no message");
  assert.deepEqual(
    remove(ANNA, 1),
    { refused: "deleteMessages.notAllowed" },
    "nobody finds out what there is",
  );
  const after3 = after(state, { type: "chat.deleted", messageSeq: 3 });
  assert.deepEqual(remove(ANNA, 3, null, after3), []);
  assert.deepEqual(
    remove(ANNA, 2, inLog(ANNA, "old")),
    deleted(2),
    "older than what the state has",
  );
  assert.deepEqual(remove(ANNA, 2, inLog(ANNA, null)), []);
  assert.deepEqual(remove(ANNA, 2, inLog(BEN, "old")), { refused: "deleteMessages.notAllowed" });
  assert.deepEqual(after3.chat.map(({ text }) => text), [null, "b"]);
});

Deno.test("[T1] a participant publishes one track per source, under an unused id", () => {
  const state = given(joined(ANNA), joined(BEN, "Ben"), published());
  const second = "22222222-2222-4222-8222-222222222222" as TrackId;
  const publish = (who: ParticipantId, trackId: TrackId, source: "camera" | "screen") =>
    when(state, who, { type: "track.publish", trackId, source, muted: false });
  assert.deepEqual(publish(ANNA, second, "camera"), { refused: "track.limit" });
  assert.deepEqual(publish(BEN, CAMERA, "camera"), { refused: "track.idTaken" });
  assert.deepEqual(publish(ANNA, second, "screen"), [{ ...published(), trackId: second, source: "screen" }]);
});

Deno.test("[T4] a participant republishes a track after their media moved, and its state stays", () => {
  const state = given(joined(ANNA), joined(BEN, "Ben"), published());
  const again = (who: ParticipantId, muted: boolean) =>
    when(state, who, { type: "track.publish", trackId: CAMERA, source: "camera", muted });
  assert.deepEqual(again(ANNA, false), []);
  assert.deepEqual(again(ANNA, true), [{ type: "track.muted", trackId: CAMERA }]);
  assert.deepEqual(again(BEN, false), { refused: "track.idTaken" });
});

Deno.test("[T3] participants cannot mute or end each other's tracks", () => {
  const state = given(joined(ANNA), joined(BEN, "Ben"), published());
  assert.deepEqual(when(state, BEN, { type: "track.mute", trackId: CAMERA, muted: true }), {
    refused: "track.unknown",
  });
  assert.deepEqual(when(state, BEN, { type: "track.unpublish", trackId: CAMERA }), {
    refused: "track.unknown",
  });
  assert.deepEqual(when(state, ANNA, { type: "track.mute", trackId: CAMERA, muted: true }), [{
    type: "track.muted",
    trackId: CAMERA,
  }]);
  assert.deepEqual(when(state, ANNA, { type: "track.mute", trackId: CAMERA, muted: false }), []);
});

Deno.test("[T4] when a media transport closes, the tracks of its participant end, and no others", () => {
  const state = given(joined(ANNA), joined(BEN, "Ben"), published());
  assert.deepEqual(when(state, null, { type: "track.dropAll", participantId: BEN }), []);
  assert.deepEqual(when(state, null, { type: "track.dropAll", participantId: ANNA }), [{
    type: "track.unpublished",
    trackId: CAMERA,
  }]);
});
