import { quantile } from "../statistics.ts";
import type { Visit } from "./crowd.ts";
import { type City, rttMs } from "./geography.ts";
import { pipeMbps } from "./traffic.ts";

/** What a rule sees when it places a participant. */
export interface Look {
  readonly room: string;
  readonly nodes: readonly NodeLook[];
  /** The node that the participant must leave; -1: they are joining. */
  readonly leaving: number;
}

export interface NodeLook {
  /** As the client measures it. */
  readonly rttMs: number;
  /** Share of its capacity in use, 0 to 1. */
  readonly load: number;
  readonly isOpen: boolean;
  /** Participants of the room on it. */
  readonly roomPeople: number;
}

/** Returns the index of the node for a participant. Nodes can be closed, but some are always open. */
export type Rule = (look: Look) => number;

/** The results of a rule. */
export interface Figures {
  readonly medianRttMs: number;
  readonly p95RttMs: number;
  /**
   * 95th percentile of the extra round trip compared with the nearest node, ms: without the participant's own
   * access, which all nodes share.
   */
  readonly p95ExtraMs: number;
  /** Share of participants on their nearest node, 0 to 1. */
  readonly nearestShare: number;
  /** Mean over time. */
  readonly pipeMbps: number;
  /** Participants who were moved to another node during a meeting. */
  readonly moves: number;
}

/** Total capacity of the nodes relative to the peak crowd. */
const SPARE = 1.6;

/** The minutes at which the first node begins to drain and is back. */
const DRAIN = { from: 70, to: 80 };

interface Room {
  readonly people: number[];
  since: number;
}

/**
 * Sends `visits` through `rule`. One node drains for a while in the middle: its participants are placed
 * again.
 */
export function simulate(rule: Rule, visits: readonly Visit[], regions: readonly City[]): Figures {
  const capacity = SPARE * peakOf(visits) / regions.length;
  const people = regions.map(() => 0);
  const rooms = new Map<string, Room>();
  const placed = new Map<Visit, number>();
  const rtts: number[] = [];
  const extras: number[] = [];
  let moves = 0;
  let megabits = 0;
  let isDraining = false;

  const change = (room: Room, node: number, by: number, now: number) => {
    const count = room.people.reduce((sum, here) => sum + here, 0);
    const nodes = room.people.filter((here) => here > 0).length;
    if (nodes > 1) megabits += 60 * (now - room.since) * pipeMbps(count, nodes);
    room.since = now;
    room.people[node]! += by;
    people[node]! += by;
  };
  const place = (visit: Visit, now: number, leaving: number) => {
    const room = rooms.get(visit.room) ?? { people: regions.map(() => 0), since: now };
    rooms.set(visit.room, room);
    const real = regions.map((region) => visit.accessMs + rttMs(visit.city, region));
    const node = rule({
      room: visit.room,
      leaving,
      nodes: real.map((rtt, index) => ({
        rttMs: rtt * visit.measure(),
        load: people[index]! / capacity,
        isOpen: people[index]! < capacity && !(isDraining && index === 0),
        roomPeople: room.people[index]!,
      })),
    });
    change(room, node, 1, now);
    placed.set(visit, node);
    if (leaving >= 0) return;
    rtts.push(real[node]!);
    extras.push(real[node]! - Math.min(...real));
  };
  const drain = (now: number) => {
    isDraining = true;
    for (const [visit, node] of [...placed]) {
      if (node !== 0) continue;
      change(rooms.get(visit.room)!, 0, -1, now);
      place(visit, now, 0);
      moves++;
    }
  };
  const leave = (visit: Visit, now: number) => {
    change(rooms.get(visit.room)!, placed.get(visit)!, -1, now);
    placed.delete(visit);
  };
  const happenings = [
    ...visits.map((visit) => ({ at: visit.from, happen: () => place(visit, visit.from, -1) })),
    ...visits.map((visit) => ({ at: visit.to, happen: () => leave(visit, visit.to) })),
    { at: DRAIN.from, happen: () => drain(DRAIN.from) },
    { at: DRAIN.to, happen: () => isDraining = false },
  ].sort((a, b) => a.at - b.at);
  for (const { happen } of happenings) happen();

  const minutes = Math.max(...visits.map(({ to }) => to));
  return {
    medianRttMs: quantile(rtts, 0.5),
    p95RttMs: quantile(rtts, 0.95),
    p95ExtraMs: quantile(extras, 0.95),
    nearestShare: extras.filter((extra) => extra === 0).length / extras.length,
    pipeMbps: megabits / (60 * minutes),
    moves,
  };
}

/** Peak number of concurrent people. */
function peakOf(visits: readonly Visit[]): number {
  const steps = visits.flatMap(({ from, to }) => [[from, 1], [to, -1]] as const).sort((a, b) => a[0] - b[0]);
  let here = 0;
  let peak = 0;
  for (const [, by] of steps) peak = Math.max(peak, here += by);
  return peak;
}
