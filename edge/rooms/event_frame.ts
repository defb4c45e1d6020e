import {
  audienceOf,
  type DownOf,
  type Event,
  type EventAudience,
  isKnownEvent,
  type Reader,
  receives,
  type RoomState,
} from "@tafelrunde/protocol";

/** An event as it goes on the wire, serialised once. */
export interface EventFrame {
  readonly event: Event;
  readonly audience: EventAudience;
  readonly frame: string;
  /** Frame for everyone else; null: there is nobody else. */
  readonly skipped: string | null;
}

/** The frame of an event that `reader` gets. */
export function frameFor({ audience, frame, skipped }: EventFrame, reader: Reader): string {
  return skipped === null || receives(audience, reader) ? frame : skipped;
}

/** Nobody gets an event of a newer build, because this build does not know who may see it. */
export function frameOf(event: Event, before: RoomState): EventFrame {
  const skipped = () => JSON.stringify({ type: "skipped", seq: event.seq } satisfies DownOf<"skipped">);
  if (!isKnownEvent(event)) return { event, audience: "everyone", frame: skipped(), skipped: null };
  const audience = audienceOf(event, before);
  return {
    event,
    audience,
    frame: JSON.stringify(event),
    skipped: audience === "everyone" ? null : skipped(),
  };
}
