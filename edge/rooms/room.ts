import type { RoomContext } from "../context.ts";
import {
  type CommandId,
  type Event,
  evolve,
  type FeatureDown,
  featureOf,
  features,
  isAvailable,
  isKnownEvent,
  isRefusal,
  isSealed,
  type ParticipantId,
  type Reader,
  type Refusal,
  refuse,
  type RoomId,
  type RoomState,
  SEALED_SINCE,
  type SpaceId,
  spaceOf,
  SPACES_SINCE,
} from "@tafelrunde/protocol";
import { currentAsker } from "../asker.ts";
import type { Growth, Moment } from "../bus/bus.ts";
import { attend, guarded, reportFault } from "@tafelrunde/protocol/process/faults";
import { warnOf } from "../store/unavailable.ts";
import {
  appendEvents,
  commandKey,
  findCommands,
  readEvents,
  readState,
  writeSnapshot,
} from "../store/room_log.ts";
import { decide } from "./decide.ts";
import type { Asker, Decision, RoomCommand } from "./decision.ts";
import { erased, erasuresOf, nextDue } from "../feature_rules.ts";
import type { Erasure } from "../feature.ts";
import { DueTimer } from "./due_timer.ts";
import { type EventFrame, frameFor, frameOf } from "./event_frame.ts";
import { Audience } from "./fan_out.ts";
import { placesFor } from "./inbox.ts";
import { needsSpaces } from "./space.ts";
import { storedBytes } from "./stored_shares.ts";

/** Retry time for a command that found the queue full, ms. */
const BUSY_MS = 1_000;

/** Most commands stored by one statement. */
const BATCH_LIMIT = 64;

/** Events kept in memory for resuming clients; a client that missed more gets a snapshot. */
const RECENT_EVENTS = 500;

/** Events from other edges kept until the loop handles them; beyond this, the log is read. */
const HEARD_LIMIT = 500;

/** Largest total size of the recent frames, characters: more than a client is sent again. */
const RECENT_CHARACTERS = 256 * 1024;

/** Events between two stored snapshots. */
const SNAPSHOT_EVERY = 200;

/** Longest run of events told to listeners before other messages are processed, ms. */
const TELL_MS = 1;

/** Shortest time between two lobby messages, ms: only the newest counts there. */
const LOBBY_EVERY_MS = 200;

/** Time commands wait for a database that does not answer before they are refused, ms. */
export const STORE_PATIENCE_MS = 10_000;

/** Wait between two tries on a database that does not answer, ms. */
const STORE_RETRY_MS = 250;

/** A listener to a room's events. */
export interface Listener {
  /** Called once per event, in order. `before`: the state before the event. */
  onEvent(eventFrame: EventFrame, before: RoomState): void;
  /**
   * Called for messages that are shown once and not stored, such as reactions. `space`: for whom; null: the
   * main room; undefined: everyone.
   */
  onMoment?(frame: string, space: SpaceId | null | undefined): void;
  /** The listener has thrown: whatever it stands for must end. */
  fault?(): void;
}

/**
 * The answer to a command. It says what the command did, not what is true now: read `Room.state` before
 * acting on it. In particular, a repeated command might have been undone since.
 */
export type CommandOutcome =
  /** The command made events; `stored` is the seq of the last one. */
  | { readonly stored: number }
  /** There was nothing to change. */
  | "done"
  /** An earlier try was stored; this one has no effect. */
  | "repeated"
  | Refusal;

interface Entry {
  readonly command: RoomCommand;
  readonly who: Asker;
  /** The sender's address; empty: none. */
  readonly address: string;
  readonly answer: (outcome: CommandOutcome) => void;
}

/** An event decided here: the state after it, and the address that asked for it. */
interface Made {
  readonly state: RoomState;
  readonly address: string;
}

/**
 * One room as one edge sees it: the folded state, the queued commands and the listeners. All state changes
 * happen in one loop (`#run`), so listeners get events in order and once each.
 */
export class Room implements Disposable {
  readonly id: RoomId;
  /** Clients of this edge that have joined. */
  readonly people: Audience;
  /** Clients of this edge that have not joined. */
  readonly lobby: Audience;
  #state: RoomState;
  #recent: EventFrame[] = [];
  #recentCharacters = 0;
  #appendedBytes = 0;
  #snapshotSeq: number;
  #isKeeping = false;
  /**
   * A newer build has stored something that this build does not understand; a snapshot made here would lack
   * it.
   */
  #isForeign: boolean;
  #inbox: Entry[] = [];
  #announcedSeq = 0;
  #heard: Event[] = [];
  #running: Promise<void> | undefined;
  readonly #listeners = new Set<Listener>();
  readonly #due: DueTimer;
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
    this.#due = new DueTimer(
      context.now,
      () => void this.submit({ type: "feature.due" }).finally(() => this.#tendDue()),
    );
    this.#tendDue();
  }

  /**
   * Reads the room from its log; undefined: no such room. `onFault` is called when our own code fails: the
   * room must then be dropped and loaded again.
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

  /** Bytes that this edge has added to the log since it loaded the room. */
  get appendedBytes(): number {
    return this.#appendedBytes;
  }

  /**
   * Decides and stores `command`. Resolves once it is committed (and all listeners are called) or refused.
   * Never rejects.
   */
  submit(
    command: RoomCommand,
    participantId: ParticipantId | null = null,
    commandId: CommandId | null = null,
  ): Promise<CommandOutcome> {
    const who = { participantId, commandId, edgeId: this.#context.edgeId };
    if (this.#inbox.length >= placesFor(command, who, this.#state)) {
      return Promise.resolve(refuse("room.busy", BUSY_MS));
    }
    return new Promise((answer) => {
      this.#inbox.push({ command, who, address: currentAsker(), answer });
      this.#wake();
    });
  }

  /** What `command` would do now; for work that must be done before it is submitted. */
  preview(command: RoomCommand, participantId: ParticipantId): Decision {
    const { edgeId } = this.#context;
    const who = { participantId, commandId: null, edgeId };
    return this.#decide(this.#state, command, who, this.#context.now());
  }

  /** Whether a command with this id was stored. Rejects if the database does not answer. */
  async hasStored(participantId: ParticipantId, commandId: CommandId): Promise<boolean> {
    const keys = await findCommands(this.#context.db, this.id, [{ actor: participantId, id: commandId }]);
    return keys.size > 0;
  }

  /**
   * Shows a message once to everyone in the sender's space, or in the room if that is the feature's scope, on
   * all edges.
   */
  show(message: FeatureDown, sender: ParticipantId): void {
    const { bus, edgeId, clusterVersion } = this.#context;
    const isForSpace = features[featureOf(message.type)!].scope === "space";
    const space = isForSpace ? spaceOf(this.#state.participants, sender) : undefined;
    // An older edge would show it to everyone.
    if (typeof space === "string" && clusterVersion() < SPACES_SINCE) return;
    const moment = { message, ...space !== undefined && { space } };
    this.#showHere(moment, currentAsker());
    bus.publish(this.id, { seq: this.#state.seq, events: [], moments: [{ edgeId, ...moment }] });
  }

  /** The log might have grown: takes the events passed along, or reads the missing ones. */
  announce({ seq, events, moments = [] }: Growth): void {
    for (const { edgeId, ...moment } of moments) {
      if (edgeId !== this.#context.edgeId) this.#showHere(moment, "");
    }
    if (seq <= this.#state.seq) return;
    this.#announcedSeq = Math.max(this.#announcedSeq, seq);
    if (this.#heard.length < HEARD_LIMIT) this.#heard.push(...events);
    this.#wake();
  }

  /** Resolves when the state is at `seq` or later, or when the loop has done what it could. */
  async reach(seq: number): Promise<void> {
    this.announce({ seq, events: [] });
    await this.#running;
  }

  /** Calls `listener` for every event from now on, until `unlisten`. */
  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /**
   * The frames after `since` for `reader`. Undefined if some are not available, or if the reader's rights
   * changed since.
   */
  framesSince(since: number, reader: Reader): readonly string[] | undefined {
    if (since === this.#state.seq) return [];
    const first = this.#recent[0]?.event;
    if (first === undefined || first.seq > since + 1 || since > this.#state.seq) return undefined;
    const missed = this.#recent.filter(({ event }) => event.seq > since);
    const isOther = missed.some(({ event }) => changesView(event, reader.participantId));
    return isOther ? undefined : missed.map((eventFrame) => frameFor(eventFrame, reader));
  }

  /** Resolves when the queue is empty. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Ends what would happen by itself: the room is dropped. */
  [Symbol.dispose](): void {
    this.#due[Symbol.dispose]();
  }

  #tendDue(): void {
    this.#due.set(nextDue(this.#state));
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#inbox.length > 0) this.#wake();
    });
    attend(this.#context.log, "room", this.#running);
  }

  async #run(): Promise<void> {
    // Wait one turn of the event loop so that commands that arrive together are stored together. A microtask
    // is not enough: PGlite answers within microtasks.
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
      // Never refuse before this edge has caught up with the log.
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

  /** Stores `events`; false: another edge was first, or some of them are already there. */
  async #append(events: readonly Event[]): Promise<boolean> {
    if (events.length === 0) return true;
    const { db, metrics } = this.#context;
    const beganAt = performance.now();
    const erasures = erasuresOf(events);
    const rows = events.map((event) => erased(event, erasures));
    const isStored = await appendEvents(db, this.id, rows, erasures) === "stored";
    metrics.commitSeconds.observe((performance.now() - beganAt) / 1_000);
    if (isStored) metrics.events.inc(events.length);
    else metrics.conflicts.inc();
    return isStored;
  }

  /** Applies events from other edges as far as they follow without a gap. */
  async #applyHeard(): Promise<void> {
    const heard = this.#heard.sort((a, b) => a.seq - b.seq);
    this.#heard = [];
    const next: Event[] = [];
    for (const event of heard) if (event.seq === this.#state.seq + next.length + 1) next.push(event);
    await this.#apply(next);
    if (this.#announcedSeq <= this.#state.seq) this.#announcedSeq = 0;
  }

  /** Decides `command` in `state`. Refuses events that an older edge could not read. */
  #decide(state: RoomState, command: RoomCommand, who: Asker, at: number): Decision {
    const feature = featureOf(command.type);
    const version = this.#context.clusterVersion();
    const isKnown = (feature === undefined || isAvailable(feature, version)) &&
      (version >= SEALED_SINCE || !Object.values(command).some(isSealed));
    if (!isKnown) return refuse("feature.unavailable");
    const decision = decide(state, command, who, at);
    const isTooNew = version < SPACES_SINCE && !isRefusal(decision) && needsSpaces(command, decision);
    return isTooNew ? refuse("feature.unavailable") : decision;
  }

  /**
   * Decides each command against the state that the commands before it would leave. `made`: one per event.
   */
  #decideAll(entries: readonly Entry[]): { events: Event[]; made: Made[]; outcomes: CommandOutcome[] } {
    let state = this.#state;
    const events: Event[] = [];
    const made: Made[] = [];
    const answered = new Map<string, CommandOutcome>();
    const at = this.#context.now();
    const decideOne = ({ command, who, address }: Entry): CommandOutcome => {
      const decision = this.#decide(state, command, who, at);
      if (isRefusal(decision)) return decision;
      if (decision.length === 0) return "done";
      decision.forEach((draft, index) => {
        const cause = index === 0 ? who.commandId : null;
        const actor = draft.actor === null ? null : who.participantId;
        const event = { ...draft, seq: state.seq + 1, at, actor, cause } as Event;
        state = evolve(state, event);
        events.push(event);
        made.push({ state, address });
      });
      return { stored: state.seq };
    };
    const outcomes = entries.map((entry): CommandOutcome => {
      if (entry.who.commandId === null) return decideOne(entry);
      const key = commandKey(entry.who.participantId, entry.who.commandId);
      const before = answered.get(key);
      // A repeated command gets the same refusal again, and otherwise has no second effect.
      if (before !== undefined) return isStored(before) ? "repeated" : before;
      const outcome = decideOne(entry);
      answered.set(key, outcome);
      return outcome;
    });
    return { events, made, outcomes };
  }

  /** Reads what other edges stored, answers the entries found there, and returns the others. */
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

  /**
   * The entries that were stored in an earlier try: a repeated command is answered as repeated, whatever it
   * would do now.
   */
  async #findStored(entries: readonly Entry[]): Promise<Set<Entry>> {
    const ids = entries.flatMap(({ who: { participantId, commandId } }) =>
      participantId === null || commandId === null ? [] : [{ actor: participantId, id: commandId }]
    );
    const keys = await findCommands(this.#context.db, this.id, ids);
    return new Set(entries.filter(({ who }) => keys.has(commandKey(who.participantId, who.commandId))));
  }

  /**
   * Applies events, tells listeners, and returns the frames. `made`: for events decided here, one per event.
   * During long broadcasts, other messages are processed between two events.
   */
  async #apply(events: readonly Event[], made: readonly Made[] = []): Promise<readonly EventFrame[]> {
    const all: EventFrame[] = [];
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
      const erasures = erasuresOf([event]);
      if (erasures.length > 0) this.#erase(erasures);
      if (!isKnownEvent(event)) {
        this.#isForeign = true;
        this.#context.metrics.unknownEvents.inc();
      }
      const eventFrame = frameOf(event, before);
      this.#recent.push(eventFrame);
      this.#recentCharacters += eventFrame.frame.length;
      const address = made[index]?.address ?? "";
      this.#broadcast(eventFrame, before, address);
      spoke.add(address);
      all.push(eventFrame);
    }
    this.#send(spoke);
    this.#forgetOld();
    this.#keepSnapshot();
    this.#tendDue();
    return all;
  }

  #broadcast(eventFrame: EventFrame, before: RoomState, address: string): void {
    const beganAt = performance.now();
    for (const listener of this.#listeners) {
      // No closure around each call: a guard per listener would cost more than the call.
      try {
        listener.onEvent(eventFrame, before);
      } catch (error) {
        this.#end(listener, error);
      }
    }
    this.#context.fanOut.charge(address, performance.now() - beganAt);
  }

  /** A listener has thrown: it ends; the room and the other listeners go on. */
  #end(listener: Listener, error: unknown): void {
    const { log } = this.#context;
    reportFault(log, "session", error);
    guarded(log, "session", () => listener.fault?.())();
  }

  /**
   * Writes the queued frames. The address of a joining client does not pay for lobby messages, because anyone
   * can add clients there.
   */
  #send(spoke: Set<string>): void {
    for (const address of spoke) this.people.go(address);
    spoke.clear();
    this.lobby.go("");
  }

  /** Something was removed from earlier events: neither a replay nor a snapshot may contain it anymore. */
  #erase(erasures: readonly Erasure[]): void {
    this.#recent = this.#recent.map((eventFrame) => {
      const event = erased(eventFrame.event, erasures);
      return event === eventFrame.event ? eventFrame : { ...eventFrame, event, frame: JSON.stringify(event) };
    });
    // A snapshot being written might still contain it, so another must follow.
    this.#snapshotSeq = -Infinity;
  }

  /** Trims the recent events once they are twice their limit. */
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

  #showHere({ message, space }: Omit<Moment, "edgeId">, address: string): void {
    const frame = JSON.stringify(message);
    for (const listener of this.#listeners) {
      try {
        listener.onMoment?.(frame, space);
      } catch (error) {
        this.#end(listener, error);
      }
    }
    this.people.go(address);
  }

  /**
   * Stores a snapshot when one is due; one at a time, because a room can grow faster than the database
   * writes.
   */
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

/**
 * Whether the event can change what this participant may see. Role changes of any participant count, because
 * they can be in another tab.
 */
function changesView(event: Event, participantId: ParticipantId): boolean {
  switch (event.type) {
    case "role.changed":
    case "space.closed":
      return true;
    case "space.moved":
      return event.participantIds.includes(participantId);
    case "participant.joined":
      return event.participantId === participantId;
    default:
      return false;
  }
}

function isStored(outcome: CommandOutcome): boolean {
  return typeof outcome === "object" && "stored" in outcome;
}

/** Whether our own code failed, and not the database. */
function isFault(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
