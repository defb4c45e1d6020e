import {
  audienceOf,
  type CommandId,
  type DownOf,
  type EdgeId,
  type Event,
  evolve,
  featureOf,
  isAvailable,
  isKnownEvent,
  isRefusal,
  type ParticipantId,
  type Refusal,
  refuse,
  type RoomId,
  type RoomState,
} from "@tafelrunde/protocol";
import { currentAsker } from "../asker.ts";
import type { Bus, Growth } from "../bus/bus.ts";
import { attend, guarded, reportFault, warnOf } from "../faults.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import {
  appendEvents,
  commandKey,
  findCommands,
  readEvents,
  readState,
  writeSnapshot,
} from "../store/room_log.ts";
import type { Db } from "../store/schema.ts";
import { decide } from "./decide.ts";
import type { Asker, Decision, RoomCommand } from "./decision.ts";
import { Audience, type FanOut } from "./fan_out.ts";
import { placesFor } from "./inbox.ts";
import { storedBytes } from "./stored_shares.ts";

/** After which time somebody comes again whose command found no place in the queue, ms. */
const BUSY_MS = 1_000;

/** Commands stored by one statement. */
const BATCH_LIMIT = 64;

/** Events kept in memory for those who resume; who missed more gets a snapshot. */
const RECENT_EVENTS = 500;

/** Events of others kept until the loop comes to them; with more, the log is read. */
const HEARD_LIMIT = 500;

/** Characters of their frames at most: more than an attendance replays. */
const RECENT_CHARACTERS = 256 * 1024;

/** Events between two stored snapshots. */
const SNAPSHOT_EVERY = 200;

/** How long events are told one after another before somebody else's messages come between, ms. */
const TELL_MS = 1;

/** From one message to the lobby to the next at least, ms: only the newest counts there. */
const LOBBY_EVERY_MS = 200;

/** How long commands wait for a database that does not answer before they are refused, ms. */
export const STORE_PATIENCE_MS = 10_000;

/** Wait between two tries on a database that does not answer, ms. */
const STORE_RETRY_MS = 250;

/** An event as it goes on the wire, serialised once for each audience. */
export interface Told {
  readonly event: Event;
  readonly frame: string;
  /** What goes to those who must not see the event; null: everyone may. */
  readonly skipped: string | null;
}

/** Someone who is told what happens in a room. */
export interface Listener {
  /** Called once for each event, in order. `before`: the room as it was. */
  tell(told: Told, before: RoomState): void;
  /** What is shown for a moment and not stored. */
  tellMoment?(frame: string): void;
  /** Being told has failed: what this listener stands for has to end. */
  fault?(): void;
}

/** Tells a listener; what fails on it ends that one, and the others and the room go on. */
interface GuardedListener {
  readonly tell: (told: Told, before: RoomState) => void;
  readonly tellMoment: (frame: string) => void;
}

/** Who reads a log: some of it is not for everyone. */
export interface Reader {
  readonly participantId: ParticipantId;
  readonly isModerator: boolean;
}

/**
 * The answer to a command. It says what the command did, never what is so now: who acts on it looks at `Room.state`. A repeated
 * command in particular may have been undone since.
 */
export type Outcome =
  /** It made events, the last of which is this one. */
  | { readonly stored: number }
  /** It asked for what was so already. */
  | "done"
  /** An earlier try was stored; this one has no effect. */
  | "repeated"
  | Refusal;

/** What a room needs from its edge. */
export interface RoomContext {
  readonly db: Db;
  readonly bus: Bus;
  readonly edgeId: EdgeId;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** Writes what goes to many. */
  readonly fanOut: FanOut;
  /** Protocol version of the oldest edge that is alive. */
  readonly clusterVersion: () => number;
}

interface Entry {
  readonly command: RoomCommand;
  readonly who: Asker;
  /** The address that it comes from; empty: none. */
  readonly address: string;
  readonly answer: (outcome: Outcome) => void;
}

/** An event that was decided here: what it leaves, and the address that asked for it. */
interface Made {
  readonly state: RoomState;
  readonly address: string;
}

/**
 * One room as one edge sees it: the folded state, the commands that wait, and who is to be told. Everything that changes the state happens
 * in one loop (`#run`), so events are told in order and each once.
 */
export class Room {
  readonly id: RoomId;
  /** Those of this edge who have joined. */
  readonly people: Audience;
  /** Those who have not. */
  readonly lobby: Audience;
  #state: RoomState;
  #recent: Told[] = [];
  #recentCharacters = 0;
  #appendedBytes = 0;
  #snapshotSeq: number;
  #isKeeping = false;
  /** A newer build has stored what this one does not understand: a snapshot of this one would lack it. */
  #isForeign: boolean;
  #inbox: Entry[] = [];
  #announcedSeq = 0;
  #heard: Event[] = [];
  #running: Promise<void> | undefined;
  readonly #listeners = new Map<Listener, GuardedListener>();
  readonly #context: RoomContext;
  readonly #onFault: () => void;

  private constructor(
    id: RoomId,
    { state, isForeign }: { readonly state: RoomState; readonly isForeign: boolean },
    context: RoomContext,
    onFault: () => void,
  ) {
    this.id = id;
    this.people = new Audience(context.fanOut);
    this.lobby = new Audience(context.fanOut, LOBBY_EVERY_MS);
    this.#state = state;
    this.#isForeign = isForeign;
    this.#snapshotSeq = state.seq;
    this.#context = context;
    this.#onFault = onFault;
  }

  /**
   * Reads the room from its log; undefined: there is none of that id. `onFault` is called when our own code fails on it: the room must then be
   * dropped and read anew.
   */
  static async load(id: RoomId, context: RoomContext, onFault: () => void): Promise<Room | undefined> {
    let isForeign = false;
    const state = await readState(context.db, id, (what) => {
      isForeign = true;
      if (what === "event") context.metrics.unknownEvents.inc();
    });
    return state && new Room(id, { state, isForeign }, context, onFault);
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Bytes that this edge has added to the room's log since it was read. */
  get appendedBytes(): number {
    return this.#appendedBytes;
  }

  /** Decides and stores `command`. Resolves once it is committed (and told to all listeners), or refused. Never rejects. */
  submit(
    command: RoomCommand,
    participantId: ParticipantId | null = null,
    commandId: CommandId | null = null,
  ): Promise<Outcome> {
    const who = { participantId, commandId, edgeId: this.#context.edgeId };
    if (this.#inbox.length >= placesFor(command, who, this.#state)) {
      return Promise.resolve(refuse("room.busy", BUSY_MS));
    }
    return new Promise((answer) => {
      this.#inbox.push({ command, who, address: currentAsker(), answer });
      this.#wake();
    });
  }

  /** What `command` would come to now; for work that must be done before it is submitted. */
  preview(command: RoomCommand, participantId: ParticipantId): Decision {
    const { edgeId } = this.#context;
    return this.#decide(this.#state, command, { participantId, commandId: null, edgeId });
  }

  /** Whether a command of this id was stored. Rejects when the database does not answer. */
  async hasStored(participantId: ParticipantId, commandId: CommandId): Promise<boolean> {
    const keys = await findCommands(this.#context.db, this.id, [{ actor: participantId, id: commandId }]);
    return keys.size > 0;
  }

  /** Shows something to everyone who is in the room now, at whatever edge. */
  show(message: DownOf<"reaction">): void {
    const { bus, edgeId } = this.#context;
    this.#showHere(message, currentAsker());
    bus.publish(this.id, { seq: this.#state.seq, events: [], moments: [{ edgeId, message }] });
  }

  /** The log has grown, says someone: takes the events from the word, or reads what is missing. */
  announce({ seq, events, moments = [] }: Growth): void {
    for (const { edgeId, message } of moments) {
      if (edgeId !== this.#context.edgeId) this.#showHere(message, "");
    }
    if (seq <= this.#state.seq) return;
    this.#announcedSeq = Math.max(this.#announcedSeq, seq);
    if (this.#heard.length < HEARD_LIMIT) this.#heard.push(...events);
    this.#wake();
  }

  /** Resolves when the state is at `seq` or later, or after the loop has done what it could. */
  async reach(seq: number): Promise<void> {
    this.announce({ seq, events: [] });
    await this.#running;
  }

  /** Tells `listener` every event from now on, until `unlisten`. */
  listen(listener: Listener): void {
    this.#listeners.set(listener, guardedListener(listener, this.#context.log));
  }

  unlisten(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** The frames after `since` for `reader`, if all of them are at hand and they may see now what they could see then. */
  framesSince(since: number, { participantId, isModerator }: Reader): readonly string[] | undefined {
    if (since === this.#state.seq) return [];
    const first = this.#recent[0]?.event;
    if (first === undefined || first.seq > since + 1 || since > this.#state.seq) return undefined;
    const missed = this.#recent.filter(({ event }) => event.seq > since);
    const isOther = missed.some(({ event }) => givesRole(event, participantId));
    return isOther ? undefined : missed.map(({ frame, skipped }) => isModerator ? frame : skipped ?? frame);
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#inbox.length > 0) this.#wake();
    });
    attend(this.#context.log, "room", this.#running);
  }

  async #run(): Promise<void> {
    // One turn of the event loop: what arrives together is stored together. A microtask is none, and PGlite answers within such.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#inbox.length > 0 || this.#announcedSeq > this.#state.seq) {
      const batch = this.#inbox.splice(0, BATCH_LIMIT);
      try {
        await this.#patiently(() => this.#process(batch));
      } catch (error) {
        for (const entry of batch) entry.answer(refuse("store.unavailable"));
        this.#announcedSeq = 0;
        if (isFault(error)) {
          reportFault(this.#context.log, "room", error);
          return this.#onFault();
        }
        reportFault(this.#context.log, "room", error);
      }
    }
  }

  /** Repeats `work` while the database does not answer. Safe: a repeated append finds its own commands. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    const deadline = this.#context.now() + STORE_PATIENCE_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (isFault(error) || this.#context.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, STORE_RETRY_MS));
        this.#announcedSeq = Math.max(this.#announcedSeq, this.#state.seq + 1);
      }
    }
  }

  async #process(batch: readonly Entry[]): Promise<void> {
    await this.#applyHeard();
    let waiting = batch;
    let isFresh = this.#announcedSeq > this.#state.seq;
    if (isFresh) waiting = await this.#catchUp(waiting);
    for (;;) {
      const { events, made, outcomes } = this.#decideAll(waiting);
      // Nobody is refused for what this edge has not heard of yet.
      const isStaleRefusal = !isFresh && outcomes.some(isRefusal);
      if (isStaleRefusal || !await this.#append(events)) {
        waiting = await this.#catchUp(waiting);
        isFresh = true;
        continue;
      }
      for (const { frame } of await this.#apply(events, made)) this.#appendedBytes += storedBytes(frame);
      if (events.length > 0) this.#context.bus.publish(this.id, { seq: this.#state.seq, events });
      waiting.forEach((entry, index) => entry.answer(outcomes[index]!));
      return;
    }
  }

  /** Stores `events`; false: another edge was first, or some of it is there already. */
  async #append(events: readonly Event[]): Promise<boolean> {
    if (events.length === 0) return true;
    const { db, metrics } = this.#context;
    const stop = metrics.commitSeconds.startTimer();
    const isStored = await appendEvents(db, this.id, events) === "stored";
    stop();
    if (isStored) metrics.events.inc(events.length);
    else metrics.conflicts.inc();
    return isStored;
  }

  /** Applies what others said, as far as it follows without a gap. */
  async #applyHeard(): Promise<void> {
    const heard = this.#heard.sort((a, b) => a.seq - b.seq);
    this.#heard = [];
    const next: Event[] = [];
    for (const event of heard) if (event.seq === this.#state.seq + next.length + 1) next.push(event);
    await this.#apply(next);
    if (this.#announcedSeq <= this.#state.seq) this.#announcedSeq = 0;
  }

  /** What `command` comes to in `state`. What an older edge could not read is not stored. */
  #decide(state: RoomState, command: RoomCommand, who: Asker): Decision {
    const feature = featureOf(command.type);
    const isKnown = feature === undefined || isAvailable(feature, this.#context.clusterVersion());
    return isKnown ? decide(state, command, who) : refuse("feature.unavailable");
  }

  /** Decides each command against the state that its predecessors would leave. `made`: of each event. */
  #decideAll(entries: readonly Entry[]): { events: Event[]; made: Made[]; outcomes: Outcome[] } {
    let state = this.#state;
    const events: Event[] = [];
    const made: Made[] = [];
    const answered = new Map<string, Outcome>();
    const at = this.#context.now();
    const decideOne = ({ command, who, address }: Entry): Outcome => {
      const decision = this.#decide(state, command, who);
      if (isRefusal(decision)) return decision;
      if (decision.length === 0) return "done";
      decision.forEach((draft, index) => {
        const cause = index === 0 ? who.commandId : null;
        const event = { ...draft, seq: state.seq + 1, at, actor: who.participantId, cause } as Event;
        state = evolve(state, event);
        events.push(event);
        made.push({ state, address });
      });
      return { stored: state.seq };
    };
    const outcomes = entries.map((entry): Outcome => {
      if (entry.who.commandId === null) return decideOne(entry);
      const key = commandKey(entry.who.participantId, entry.who.commandId);
      const before = answered.get(key);
      // A repeated command is refused as it was before, and otherwise has no second effect.
      if (before !== undefined) return isStored(before) ? "repeated" : before;
      const outcome = decideOne(entry);
      answered.set(key, outcome);
      return outcome;
    });
    return { events, made, outcomes };
  }

  /** Reads what others stored, answers those of `entries` that are among it, and gives back the rest. */
  async #catchUp(entries: readonly Entry[]): Promise<readonly Entry[]> {
    for (;;) {
      const events = await readEvents(this.#context.db, this.id, this.#state.seq);
      if (events.length === 0) break;
      await this.#apply(events);
    }
    this.#announcedSeq = 0;
    const stored = await this.#findStored(entries);
    for (const entry of stored) entry.answer("repeated");
    return entries.filter((entry) => !stored.has(entry));
  }

  /** Those of `entries` that were stored in an earlier try: a repeated command is answered, whatever it would come to now. */
  async #findStored(entries: readonly Entry[]): Promise<Set<Entry>> {
    const ids = entries.flatMap(({ who: { participantId, commandId } }) =>
      participantId === null || commandId === null ? [] : [{ actor: participantId, id: commandId }]
    );
    const keys = await findCommands(this.#context.db, this.id, ids);
    return new Set(entries.filter(({ who }) => keys.has(commandKey(who.participantId, who.commandId))));
  }

  /** Gives what was told of them. `made`: of each, where it was decided here. Where many are told much, others' messages come between two events. */
  async #apply(events: readonly Event[], made: readonly Made[] = []): Promise<readonly Told[]> {
    const all: Told[] = [];
    const spoke = new Set<string>();
    let until = performance.now() + TELL_MS;
    for (const [index, event] of events.entries()) {
      if (performance.now() >= until) {
        this.#send(spoke);
        await new Promise<void>((resolve) => setImmediate(resolve));
        until = performance.now() + TELL_MS;
      }
      const before = this.#state;
      this.#state = made[index]?.state ?? evolve(before, event);
      if (event.type === "chat.deleted") this.#forgetText(event.messageSeq);
      if (!isKnownEvent(event)) {
        this.#isForeign = true;
        this.#context.metrics.unknownEvents.inc();
      }
      const told = frameOf(event);
      this.#recent.push(told);
      this.#recentCharacters += told.frame.length;
      const address = made[index]?.address ?? "";
      this.#tell(told, before, address);
      spoke.add(address);
      all.push(told);
    }
    this.#send(spoke);
    this.#forgetOld();
    this.#keepSnapshot();
    return all;
  }

  #tell(told: Told, before: RoomState, address: string): void {
    const beganAt = performance.now();
    for (const { tell } of this.#listeners.values()) tell(told, before);
    this.#context.fanOut.charge(address, performance.now() - beganAt);
  }

  /** Has what was told written. Who came in pays for no message to the lobby: strangers are as many as they like there. */
  #send(spoke: Set<string>): void {
    for (const address of spoke) this.people.go(address);
    spoke.clear();
    this.lobby.go("");
  }

  /** A message was deleted: who missed it does not get its text any more, and no snapshot has it. */
  #forgetText(messageSeq: number): void {
    this.#recent = this.#recent.map((told) =>
      told.event.type === "chat.posted" && told.event.seq === messageSeq
        ? frameOf({ ...told.event, text: null })
        : told
    );
    // One that is on its way, of before, must not be the last.
    this.#snapshotSeq = -Infinity;
  }

  /** Halves what is kept once it is twice what has to be. */
  #forgetOld(): void {
    const isTooLong = this.#recent.length > 2 * RECENT_EVENTS;
    if (!isTooLong && this.#recentCharacters <= 2 * RECENT_CHARACTERS) return;
    let first = this.#recent.length;
    let characters = 0;
    while (first > 0 && this.#recent.length - first < RECENT_EVENTS) {
      characters += this.#recent[first - 1]!.frame.length;
      if (characters > RECENT_CHARACTERS) break;
      first--;
    }
    this.#recent = this.#recent.slice(first);
    this.#recentCharacters = this.#recent.reduce((sum, { frame }) => sum + frame.length, 0);
  }

  #showHere(message: DownOf<"reaction">, address: string): void {
    const frame = JSON.stringify(message);
    for (const { tellMoment } of this.#listeners.values()) tellMoment(frame);
    this.people.go(address);
  }

  /** Stores a snapshot when one is due, one at a time: a room may grow faster than the database takes them. */
  #keepSnapshot(): void {
    if (this.#isForeign || this.#isKeeping || this.#state.seq - this.#snapshotSeq < SNAPSHOT_EVERY) return;
    this.#snapshotSeq = this.#state.seq;
    this.#isKeeping = true;
    writeSnapshot(this.#context.db, this.id, this.#state).catch((error) =>
      warnOf(this.#context.log, "room.snapshot", error)
    ).finally(() => {
      this.#isKeeping = false;
      this.#keepSnapshot();
    });
  }
}

/** Made once: with something for each event it costs more than the event. */
function guardedListener(listener: Listener, log: Log): GuardedListener {
  const end = () => listener.fault?.();
  return {
    tell: guarded(log, "session", (told: Told, before: RoomState) => listener.tell(told, before), end),
    tellMoment: guarded(log, "session", (frame: string) => listener.tellMoment?.(frame), end),
  };
}

/** Nobody is told what an event of a newer build says: who may know it, this one cannot tell. */
function frameOf(event: Event): Told {
  const skipped = () => JSON.stringify({ type: "skipped", seq: event.seq } satisfies DownOf<"skipped">);
  if (!isKnownEvent(event)) return { event, frame: skipped(), skipped: null };
  return {
    event,
    frame: JSON.stringify(event),
    skipped: audienceOf(event.type) === "everyone" ? null : skipped(),
  };
}

/** Whether somebody may see more, or less, from this event on. Of another tab of theirs it may be, too. */
function givesRole(event: Event, participantId: ParticipantId): boolean {
  return event.type === "role.changed" ||
    (event.type === "participant.joined" && event.participantId === participantId);
}

function isStored(outcome: Outcome): boolean {
  return typeof outcome === "object" && "stored" in outcome;
}

/** Whether our own code failed, and not the database. */
function isFault(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
