import {
  type Event,
  moderates,
  type ParticipantEvent,
  type RoomState,
  type WaitingEvent,
} from "@tafelrunde/protocol";
import type { RoomClient } from "./room_client.ts";
import { refuseEntry } from "./admission/rules.ts";
import { type EventFrame, frameFor } from "./event_frame.ts";

/**
 * Sends an event to a client if it may see it, and updates the client's session. `before`: the room's state
 * before the event.
 */
export function sendEvent(
  here: RoomClient,
  eventFrame: EventFrame,
  before: RoomState,
): void {
  const { event } = eventFrame;
  if (here.standing !== "joined") return tellOutside(here, event);
  // Also for the client's own leaving: participants who were there before the event get it.
  if (!here.isServed(before)) return;
  here.socket.broadcast(frameFor(eventFrame, here), here.room.people);
  switch (event.type) {
    case "participant.joined":
    case "participant.away":
    case "participant.returned":
    case "participant.left":
      if (event.participantId === here.participantId) sendPresence(here, event);
      return;
    case "role.changed": {
      const wasModerator = moderates(before.participants[here.participantId]?.role ?? "viewer");
      if (wasModerator !== here.moderates) here.catchUp();
      return;
    }
    case "space.moved":
    case "space.closed": {
      const wasIn = before.participants[here.participantId]?.spaceId ?? null;
      // Moderators see all spaces, wherever they are.
      if (wasIn !== here.space && !here.moderates) here.sendSlices();
      return;
    }
    case "room.ended":
      return here.dismiss("ended");
  }
}

/** Handles an event about this participant's own presence. */
function sendPresence(here: RoomClient, event: ParticipantEvent): void {
  switch (event.type) {
    case "participant.joined":
    case "participant.renamed":
    case "participant.gone":
      return;
    case "participant.returned":
      return isElsewhere(here, event) ? here.moveAway() : undefined;
    case "participant.left":
      here.standing = "lobby";
      // Presumed lost while the socket was still open: a reconnect sorts it out.
      if (event.reason === "lost") here.socket.close("silent");
      else if (event.reason === "replaced") here.dismiss("replaced");
      else if (event.reason !== "left") here.dismiss("removed");
      else if (event.cause === null) here.dismiss("signedOut");
      return;
    case "participant.away":
      return resume(here);
    default:
      event satisfies never;
  }
}

/** Handles an event for a client that is not in the room. */
function tellOutside(here: RoomClient, event: Event): void {
  if (here.standing === "lobby" && (event.type === "room.changed" || event.type === "participant.left")) {
    const refusal = refuseEntry(here.room.state, here.admission.entrant);
    if (refusal !== null) return here.turnAway(refusal);
  }
  // The client now lacks something to enter (a password, admission), so its transport must not reveal
  // participants.
  if (here.standing === "lobby" && here.isSighted && !here.maySee) here.closePeer();
  const isAboutMe = "participantId" in event && event.participantId === here.participantId;
  if (isAboutMe && here.standing === "lobby" && isElsewhere(here, event)) return here.moveAway();
  switch (event.type) {
    case "participant.joined":
      if (isAboutMe && here.standing === "waiting") return admitted(here);
      return here.sendLobby();
    case "participant.away":
    case "participant.returned":
    case "participant.left":
    case "room.changed":
      return here.sendLobby();
    case "room.ended":
      if (here.standing === "waiting") return here.dismiss("ended");
      return here.sendLobby();
    case "waiting.entered":
    case "waiting.away":
    case "waiting.returned":
    case "waiting.left":
      if (isAboutMe && here.standing === "waiting") sendWaiting(here, event);
  }
}

/** Whether the participant entered or came back through another edge. */
function isElsewhere({ services: { edgeId } }: RoomClient, event: Event): boolean {
  switch (event.type) {
    case "participant.joined":
    case "participant.returned":
    case "waiting.entered":
    case "waiting.returned":
      return event.edgeId !== edgeId;
    default:
      return false;
  }
}

/** Handles an event about this client's own place in the waiting list. */
function sendWaiting(here: RoomClient, event: WaitingEvent): void {
  switch (event.type) {
    case "waiting.entered":
      return;
    case "waiting.returned":
      return isElsewhere(here, event) ? here.moveAway() : undefined;
    case "waiting.left":
      if (event.reason === "lost") return here.socket.close("silent");
      if (event.reason === "left") return event.cause === null ? here.dismiss("signedOut") : undefined;
      here.send({ type: "declined", text: event.text ?? "" });
      return here.dismiss("declined");
    case "waiting.away":
      return resume(here);
    default:
      event satisfies never;
  }
}

/** Marked as away although the socket is open: resume. */
function resume({ room, participantId }: RoomClient): void {
  void room.submit({ type: "participant.resume", participantId });
}

/** A moderator, or a changed setting, admitted the participant. */
function admitted(here: RoomClient): void {
  here.standing = "joined";
  here.startPeer();
  here.attach(undefined);
}
