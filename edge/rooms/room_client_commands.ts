import {
  type Command,
  type CommandId,
  type Event,
  featureOf,
  isRefusal,
  moderates,
  type Refusal,
  refuse,
  sliceIn,
  type UpOf,
} from "@tafelrunde/protocol";
import { attend } from "@tafelrunde/protocol/process/faults";
import { warnOf } from "../store/unavailable.ts";
import { ruleOf } from "../feature_rules.ts";
import { readEvent } from "../store/room_log.ts";
import { updateRoom } from "../store/room_record.ts";
import type { RoomClient } from "./room_client.ts";
import { takeFrames, takeRoomPoint, takeShare, takesPoint } from "./command_share.ts";
import { isOfFeature } from "./decide_feature.ts";
import type { ClientCommand } from "./decision.ts";
import { isIn, isTakenOver, JOIN_BYTES, joinOf, needsOf } from "./admission/enter.ts";
import { authorize } from "./admission/authorize.ts";
import { checkGate } from "./admission/gate.ts";
import { needsSpaces } from "./space.ts";
import { growingOf, isGrowing, storedBytes } from "./stored_shares.ts";
import { changeTrack } from "./track_media.ts";

/** Longest wait after which a client retries with the same password by itself, ms. */
const SHORT_WAIT_MS = 5_000;

/**
 * Carries out a client's command and answers it. Resolves when the client's next message may be processed.
 */
export async function takeCommand(here: RoomClient, message: Command): Promise<void> {
  const { room, participantId, client, services: { fleet, db, log } } = here;
  const { id, ...command } = message;
  const limited = here.services.limits.take("person.command", client.device);
  if (limited !== undefined) return here.refuse(id, limited);
  const submit = (asked: ClientCommand) =>
    room.submit(asked, participantId, id).then((outcome) => {
      if (isRefusal(outcome)) here.refuse(id, outcome);
      else if (typeof outcome === "string") here.send({ type: "done", cause: id });
      return outcome;
    });
  const isForAnyone = command.type === "participant.join" || command.type === "participant.leave";
  if (!isForAnyone && here.standing !== "joined") return here.refuse(id, refuse("participant.notJoined"));
  const tooMany = takesPoint(command) ? takeRoomPoint(here) : undefined;
  if (tooMany !== undefined) return here.refuse(id, tooMany);
  if (isGrowing(command)) {
    const bytes = storedBytes(JSON.stringify(message));
    const full = here.services.stored.refuse(here.open, writerOf(here), growingOf(command), bytes);
    if (full !== null) return here.refuse(id, full);
  }
  // Not awaited, so commands that arrive together are stored together.
  const submitOnly = (asked: ClientCommand) =>
    attend(log, "session", submit(asked), () => here.socket.close("internal"));
  if (isOfFeature(command)) {
    const slice = sliceIn(room.state, featureOf(command.type)!, here.space);
    const seq = ruleOf(command)!.refersTo?.(command, slice) ?? null;
    if (seq === null) return submitOnly(command);
    const logged = await findLogged(here, seq);
    return isRefusal(logged) ? here.refuse(id, logged) : void await submit({ ...command, logged });
  }
  if (needsSpaces(command, []) && !fleet.knowsSpaces) return here.refuse(id, refuse("feature.unavailable"));
  switch (command.type) {
    case "participant.join":
      return await join(here, message as UpOf<"participant.join">);
    case "participant.leave": {
      const isWaiting = here.standing === "waiting";
      const outcome = await submit(command);
      if (isRefusal(outcome)) return;
      // Waiting participants get no events, so acknowledge explicitly.
      if (isWaiting && typeof outcome !== "string") here.send({ type: "done", cause: id });
      return here.place === "lobby" ? here.leave() : undefined;
    }
    case "room.change":
      // Update the row first: it is the stored truth. If something stands in the way, the room itself
      // refuses.
      if (!isRefusal(room.preview(command, participantId)) && !await room.hasStored(participantId, id)) {
        await updateRoom(db, room.id, undefined, command);
      }
      return void await submit(command);
    case "participant.rename":
    case "participant.remove":
    case "role.set":
    case "waiting.admit":
    case "waiting.decline":
    case "track.stop":
    case "track.muteAll":
    case "space.open":
    case "space.move":
    case "space.close":
    case "room.end":
      return submitOnly(command);
    case "track.publish":
    case "track.mute":
    case "track.unpublish":
    case "track.address": {
      const refusal = await changeTrack({ fleet, room, participantId }, command, submit);
      return refusal === null ? undefined : here.refuse(id, refusal);
    }
    default:
      command satisfies never;
  }
}

/** Answers a command that only newer edges know. One of them might have stored it in an earlier try. */
export async function answerForeign(here: RoomClient, id: CommandId): Promise<void> {
  const { room, participantId, client, services: { limits, log } } = here;
  const limited = limits.take("person.command", client.device);
  if (limited !== undefined) return here.refuse(id, limited);
  if (here.standing !== "joined") return here.refuse(id, refuse("participant.notJoined"));
  const tooMany = takeRoomPoint(here);
  if (tooMany !== undefined) return here.refuse(id, tooMany);
  try {
    if (await room.hasStored(participantId, id)) here.send({ type: "done", cause: id });
    else here.refuse(id, refuse("feature.unavailable"));
  } catch (error) {
    warnOf(log, "room.store", error);
    here.refuse(id, refuse("store.unavailable"));
  }
}

/** The event that a command refers to; null: there is none. */
async function findLogged(
  { room, services: { db, log } }: RoomClient,
  seq: number,
): Promise<Event | Refusal | null> {
  try {
    return await readEvent(db, room.id, seq) ?? null;
  } catch (error) {
    warnOf(log, "room.store", error);
    return refuse("store.unavailable");
  }
}

async function join(here: RoomClient, { id, password, ...wish }: UpOf<"participant.join">): Promise<void> {
  const { room, participantId, client, services } = here;
  const { edgeId } = services;
  const tooMany = takeShare(here);
  if (tooMany !== undefined) return here.refuse(id, tooMany);
  // Look up again: a link might have been revoked since `hello`.
  const admission = await authorize(services, here.request, client);
  if (isRefusal(admission)) return here.refuse(id, admission);
  const stopped = await checkGate(services, admission, password, client);
  if (stopped !== null) return here.refuse(id, withoutLongWait(stopped));
  here.admission = { ...admission, passwordHash: null };
  const full = services.stored.refuse(
    admission.open,
    writerOf(here),
    isIn(admission) === undefined ? "join" : "resume",
    JOIN_BYTES,
  );
  if (full !== null) return here.refuse(id, full);
  if (!needsOf(admission).admission && !moderates(admission.entrant.role)) {
    const limited = services.limits.take("room.command", room.id) ?? takeFrames(here);
    if (limited !== undefined) return here.refuse(id, limited);
  }
  const outcome = await room.submit(joinOf(admission, wish), participantId, id);
  if (isRefusal(outcome)) return here.refuse(id, outcome);
  const isPresent = await isTakenOver(admission, edgeId);
  if (here.isOver) {
    // The session ended meanwhile, and nothing else would report the participant as lost.
    return void room.submit({ type: "participant.lose", participantId, edgeId });
  }
  if (!isPresent) return here.refuse(id, refuse("participant.hasLeft"));
  if (here.place === "waiting") return wait(here, id);
  here.startPeer();
  if (here.standing !== "joined") {
    here.standing = "joined";
    here.attach(undefined);
  }
  here.send({ type: "done", cause: id });
}

/** Whose share of the storage quota this counts against. */
const writerOf = ({ client: { address }, admission: { entrant: { isGuest } } }: RoomClient) => ({
  address,
  isGuest,
});

/** Clients wait a short time by themselves; for a longer wait the person is told at once. */
function withoutLongWait(refusal: Refusal): Refusal {
  return (refusal.retryAfterMs ?? 0) <= SHORT_WAIT_MS ? refusal : refuse(refusal.refused);
}

/**
 * The client has to wait. Waiting participants must not have a media transport that reveals who is in the
 * room.
 */
function wait(here: RoomClient, cause: CommandId): void {
  here.standing = "waiting";
  if (here.isSighted) here.closePeer();
  here.send({ type: "waiting" });
  here.send({ type: "done", cause });
}
