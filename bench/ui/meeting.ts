import type { Event, ParticipantId, PersonId, RoomState, TrackId } from "../../protocol/mod.ts";
import { EMPTY_STATE, evolve } from "../../protocol/mod.ts";
import type { Draft } from "../../protocol/message.ts";

/** The id of the person at a place, 0 to 675. */
export function personAt(place: number): ParticipantId {
  const letters = String.fromCharCode(97 + Math.floor(place / 26), 97 + (place % 26));
  return `${letters}${"a".repeat(24)}` as ParticipantId;
}

const trackAt = (place: number) => `00000000-0000-4000-8000-${`${place}`.padStart(12, "0")}` as TrackId;

/** A made-up meeting: its state, and what happens in it. */
export class Meeting {
  #state: RoomState = EMPTY_STATE;
  readonly #people: number;
  #poll = 0;
  #step = 0;

  /** Place 0 is left for the browser. */
  constructor(people: number, messages: number) {
    this.#people = people;
    this.add({ type: "room.created", name: "Council" }, null);
    for (let place = 1; place < people; place++) {
      this.join(personAt(place), `Person ${place}`, place === 1 ? "owner" : "participant");
      this.add({
        type: "track.published",
        trackId: trackAt(place),
        participantId: personAt(place),
        source: "microphone",
        muted: false,
      }, personAt(place));
    }
    for (let at = 0; at < messages; at++) this.#post();
    this.#poll = this.add({
      type: "poll.opened",
      participantId: personAt(1),
      question: { text: "Shall we go on?" },
      options: [{ text: "Yes" }, { text: "No" }],
      isMultiple: false,
      results: "live",
      names: "named",
      endsAt: null,
    }, personAt(1)).seq;
  }

  get state(): RoomState {
    return this.#state;
  }

  join(participantId: ParticipantId, name: string, role: "owner" | "participant"): Event {
    return this.add({
      type: "participant.joined",
      participantId,
      name,
      role,
      isGuest: false,
      persons: [participantId.slice(0, 16)],
      edgeId: "edge",
    } as unknown as Draft<Event>, participantId);
  }

  /** What happens next: messages, hands, answers, microphones, by others. */
  next(): Event {
    const step = this.#step++;
    const who = personAt(1 + step % (this.#people - 1));
    switch (step % 5) {
      case 0:
        return this.#post();
      case 1: {
        const raised = this.#state.hand[who] === undefined;
        return this.add({ type: raised ? "hand.raised" : "hand.lowered", participantId: who }, who);
      }
      case 2:
        return this.#answer();
      case 3: {
        const trackId = trackAt(1 + step % (this.#people - 1));
        const { muted } = this.#state.tracks[trackId]!;
        return this.add({ type: muted ? "track.unmuted" : "track.muted", trackId }, who);
      }
      default:
        return this.add({
          type: this.#state.participants[who]!.presence === "here"
            ? "participant.away"
            : "participant.returned",
          participantId: who,
          ...this.#state.participants[who]!.presence === "here" ? {} : { edgeId: "edge" },
        } as unknown as Draft<Event>, null);
    }
  }

  /** What happens next of a kind that no tile shows: a message, or an answer to a poll. */
  nextForeign(): Event {
    return this.#step++ % 2 === 0 ? this.#post() : this.#answer();
  }

  #post(): Event {
    const place = 1 + this.#state.seq % (this.#people - 1);
    const text = `Message ${this.#state.seq}: we have looked at the figures, see https://example.org/a`;
    return this.add(
      { type: "chat.posted", participantId: personAt(place), name: `Person ${place}`, text },
      personAt(place),
    );
  }

  #answer(): Event {
    const place = 1 + this.#step % (this.#people - 1);
    return this.add({
      type: "poll.answered",
      poll: this.#poll,
      person: personAt(place).slice(0, 16) as PersonId,
      participantId: personAt(place),
      name: `Person ${place}`,
      options: [this.#step % 2],
    }, personAt(place));
  }

  add(draft: Draft<Event>, actor: ParticipantId | null): Event {
    const event = { ...draft, seq: this.#state.seq + 1, at: Date.now(), actor, cause: null } as Event;
    this.#state = evolve(this.#state, event);
    return event;
  }
}
