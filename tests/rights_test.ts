import assert from "node:assert/strict";
import {
  type Audience,
  CORE_RIGHTS,
  type CoreRight,
  type Down,
  type JsonObject,
  may,
  newSpaceId,
  newTrackId,
  type Right,
  type Role,
  ROLES,
  type RoomSettings,
  type TrackId,
} from "@tafelrunde/protocol";
import { makeRtpParameters } from "../media/src/test_person.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { type CommandDraft, createRoom, SignalClient } from "./signal_client.ts";

const RTP = makeRtpParameters("microphone") as JsonObject;

/** Rights of the core, and some of features; the others are tested beside their features. */
const TRIED = [
  ...(Object.keys(CORE_RIGHTS) as CoreRight[]).filter((right) => right !== "endMeeting"),
  ...["chat", "deleteMessages", "raiseHand", "lowerHands"] as const,
];

/** A command that needs only this right; `other` is a participant without any. */
function askFor(
  right: Exclude<CoreRight, "endMeeting"> | "chat" | "deleteMessages" | "raiseHand" | "lowerHands",
  self: SignalClient,
  other: SignalClient,
): CommandDraft {
  const publish = (source: "microphone" | "camera" | "screen"): CommandDraft => ({
    type: "track.publish",
    trackId: newTrackId(),
    source,
    muted: false,
    rtpParameters: RTP,
  });
  const participantId = idOf(other);
  switch (right) {
    case "speak":
      return publish("microphone");
    case "camera":
      return publish("camera");
    case "share":
      return publish("screen");
    case "chat":
      return { type: "chat.post", text: "hello" };
    case "rename":
      return { type: "participant.rename", participantId: idOf(self), name: `Somebody ${Math.random()}` };
    case "raiseHand":
      return { type: "hand.raise", raised: true };
    case "lowerHands":
      return { type: "hand.lower", participantId: null };
    case "renameOthers":
      return { type: "participant.rename", participantId, name: `Other ${Math.random()}` };
    case "deleteMessages":
      return { type: "chat.delete", messageSeq: messageOf(other) };
    case "muteOthers":
      return { type: "track.muteAll" };
    case "stopOthers":
      return { type: "track.stop", trackId: screenOf(other) };
    case "setRole":
      return { type: "role.set", participantId, role: "guest" };
    case "admit":
      return { type: "waiting.admit", participantId: null };
    case "remove":
      return { type: "participant.remove", participantId: idOf(self), ban: false };
    case "leadSpaces":
      return {
        type: "space.open",
        spaces: [{ spaceId: newSpaceId(), name: { text: "Group" }, isFree: false }],
      };
    case "changeSettings":
      return { type: "room.change", settings: { joinBeforeHost: true } };
    default:
      return right satisfies never;
  }
}

const idOf = (client: SignalClient) => client.you!;

function messageOf(client: SignalClient): number {
  return client.state.chat.find(({ from }) => from === client.you)!.seq;
}

function screenOf(client: SignalClient): TrackId {
  const screen = Object.values(client.state.tracks).find(({ source, participantId }) =>
    source === "screen" && participantId === client.you
  );
  return screen?.id ?? newTrackId();
}

const codeOf = (answer: Down) => answer.type === "refused" ? answer.code : "allowed";

testOnStores("rights over a real socket", async ({ store }, t) => {
  await using edge = await startTestEdge({ store });
  const owner = new SignalClient(await createRoom(edge.origin, "", OWNER_DEVICE), { device: OWNER_DEVICE });
  await owner.join(edge.origin, "Olga");
  const other = await new SignalClient(owner.room).join(edge.origin, "Otto");
  await other.ask({ type: "chat.post", text: "what moderators may delete" });
  const people = new Map<Role, SignalClient>();
  for (const role of ROLES) {
    if (role === "owner") continue;
    const person = await new SignalClient(owner.room).join(edge.origin, role);
    await owner.ask({ type: "role.set", participantId: idOf(person), role });
    people.set(role, person);
  }
  people.set("owner", owner);
  const settings = () => owner.state.room.settings;

  /** Whether a response is about something other than the right, which means that the participant has it. */
  const isAllowed = (answer: Down, right: Right) => codeOf(answer) !== `${right}.notAllowed`;

  for (const right of TRIED) {
    await t.step(`[R1] ${right}: every role, allowed or refused by name`, async () => {
      for (const [role, person] of people) {
        const answer = await person.ask(askFor(right, person, other));
        assert.equal(
          isAllowed(answer, right),
          may(right, { role }, settings()),
          `${role}: ${codeOf(answer)}`,
        );
      }
    });
  }

  await t.step("[R2] the room's audiences apply at once when changed in the meeting", async () => {
    for (
      const audience of ["members", "presenters", "moderators", "everyone"] as const satisfies Audience[]
    ) {
      await owner.ask({ type: "room.change", settings: { chat: audience, rename: audience } });
      for (const [role, person] of people) {
        await person.until(() => person.state.room.settings.rename === audience);
        for (const right of ["chat", "rename"] as const) {
          const answer = await person.ask(askFor(right, person, other));
          assert.equal(
            isAllowed(answer, right),
            may(right, { role }, settings()),
            `${audience}, ${role}, ${right}`,
          );
        }
      }
    }
    const row = await store.db.selectFrom("room").select("settings").where("id", "=", owner.room.room)
      .executeTakeFirstOrThrow();
    assert.equal((row.settings as RoomSettings).chat, "everyone", "the row has it, too");
  });

  await t.step("[R1] react: shown to everyone, or not at all", async () => {
    await owner.ask({ type: "room.change", settings: { react: "moderators" } });
    const seen = owner.received.length;
    for (const person of people.values()) {
      await person.until(() => person.state.room.settings.react === "moderators");
      person.send({ type: "reaction.send", reaction: "👏" });
      await person.ask({ type: "chat.post", text: "after it" });
    }
    const shown = owner.received.slice(seen).filter((message) => message.type === "reaction");
    assert.deepEqual(
      shown.map(({ participantId }) => participantId).sort(),
      [idOf(owner), idOf(people.get("moderator")!)].sort(),
    );
  });

  await t.step(
    "[R7] a demoted moderator's old socket is refused, and no longer sees the waiting list",
    async () => {
      const moderator = people.get("moderator")!;
      await owner.ask({ type: "room.change", settings: { waitingRoom: "everyone" } });
      const cleo = new SignalClient(owner.room);
      await cleo.enter(edge.origin);
      await cleo.ask({ type: "participant.join", name: "Cleo" });
      await moderator.until(() => Object.keys(moderator.state.waiting).length === 1);
      await owner.ask({ type: "role.set", participantId: idOf(moderator), role: "participant" });
      await moderator.until(() => Object.keys(moderator.state.waiting).length === 0);
      const answer = await moderator.ask({ type: "waiting.admit", participantId: null });
      assert.equal(codeOf(answer), "admit.notAllowed");
      await cleo.close();
    },
  );

  await t.step("[R1] endMeeting: refused by name, and then everyone leaves", async () => {
    for (const role of ["guest", "viewer", "presenter"] as const) {
      assert.equal(codeOf(await people.get(role)!.ask({ type: "room.end" })), "endMeeting.notAllowed");
    }
    owner.send({ type: "room.end", id: crypto.randomUUID() } as never);
    for (const person of [...people.values(), other]) {
      await person.until(() => person.closed !== undefined);
      assert.equal(person.closed!.code, 4410);
    }
  });
  assert.deepEqual(edge.complaints, []);
});

const OWNER_DEVICE = "O".repeat(22);
