import {
  type Event,
  isModerator,
  type ParticipantEvent,
  type RoomState,
  type WaitingEvent,
} from "@tafelrunde/protocol";
import type { Attendance } from "./attendance.ts";
import { refuseEntry } from "./entry.ts";
import type { Told } from "./room.ts";

/** Tells somebody of an event in the room, as far as it is for them, and does what it means for their session. `before`: the room as it was. */
export function tellEvent(
  here: Attendance,
  { event, frame, skipped }: Told,
  before: RoomState,
): void {
  if (here.standing !== "joined") return tellOutside(here, event);
  // Of one's own going, too: it was for who was there before it.
  if (!here.isServed(before)) return;
  here.socket.broadcast(skipped === null || here.isModerator ? frame : skipped, here.room.people);
  switch (event.type) {
    case "participant.joined":
    case "participant.away":
    case "participant.returned":
    case "participant.left":
      if (event.participantId === here.participantId) tellPresence(here, event);
      return;
    case "role.changed": {
      const wasModerator = isModerator(before.participants[here.participantId]?.role ?? "viewer");
      if (wasModerator !== here.isModerator) here.catchUp();
      return;
    }
    case "room.ended":
      return here.dismiss("ended");
  }
}

/** What the room holds of this person's own presence. */
function tellPresence(here: Attendance, event: ParticipantEvent): void {
  switch (event.type) {
    case "participant.joined":
    case "participant.renamed":
    case "participant.gone":
      return;
    case "participant.returned":
      return isElsewhere(here, event) ? here.moveAway() : undefined;
    case "participant.left":
      here.standing = "lobby";
      // Presumed lost while the socket lived on: coming back sorts it out.
      if (event.reason === "lost") here.socket.close("silent");
      else if (event.reason !== "left") here.dismiss("removed");
      else if (event.cause === null) here.dismiss("signedOut");
      return;
    case "participant.away":
      return resume(here);
    default:
      event satisfies never;
  }
}

/** What happens in the room, to somebody who is not in it. */
function tellOutside(here: Attendance, event: Event): void {
  if (here.standing === "lobby" && (event.type === "room.changed" || event.type === "participant.left")) {
    const refusal = refuseEntry(here.room.state, here.visit.entrant);
    if (refusal !== null) return here.turnAway(refusal);
  }
  // Something stands between them and the room now.
  if (here.standing === "lobby" && here.isSighted && !here.maySee) here.closePeer();
  const isAboutMe = "participantId" in event && event.participantId === here.participantId;
  if (isAboutMe && here.standing === "lobby" && isElsewhere(here, event)) return here.moveAway();
  switch (event.type) {
    case "participant.joined":
      if (isAboutMe && here.standing === "waiting") return admitted(here);
      return here.tellLobby();
    case "participant.away":
    case "participant.returned":
    case "participant.left":
    case "room.changed":
      return here.tellLobby();
    case "room.ended":
      if (here.standing === "waiting") return here.dismiss("ended");
      return here.tellLobby();
    case "waiting.entered":
    case "waiting.away":
    case "waiting.returned":
    case "waiting.left":
      if (isAboutMe && here.standing === "waiting") tellWaiting(here, event);
  }
}

/** Whether they came to the room, or back to it, through another edge. */
function isElsewhere({ reception: { context } }: Attendance, event: Event): boolean {
  switch (event.type) {
    case "participant.joined":
    case "participant.returned":
    case "waiting.entered":
    case "waiting.returned":
      return event.edgeId !== context.edgeId;
    default:
      return false;
  }
}

/** What the waiting list holds of this person. */
function tellWaiting(here: Attendance, event: WaitingEvent): void {
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

/** Presumed away while the socket lives. */
function resume({ room, participantId }: Attendance): void {
  void room.submit({ type: "participant.resume", participantId });
}

/** A moderator, or a change of the rules, has let them in. */
function admitted(here: Attendance): void {
  here.standing = "joined";
  here.startPeer();
  here.attach(undefined);
}
