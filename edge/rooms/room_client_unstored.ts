import {
  type FeatureDown,
  featureOf,
  type FeatureUp,
  isAvailable,
  isRefusal,
  may,
  type Refusal,
  refuse,
  type Up,
} from "@tafelrunde/protocol";
import { warnOf } from "../store/unavailable.ts";
import type { Moment, Question } from "../feature.ts";
import { unstoredRuleOf } from "../feature_rules.ts";
import type { LimitName } from "../limit_table.ts";
import { takeFrames, takeRoomPoint } from "./command_share.ts";
import type { RoomClient } from "./room_client.ts";

/** Distinguishes features' unstored messages from all others. */
export function isUnstored(message: Up): message is FeatureUp {
  return unstoredRuleOf(message) !== undefined;
}

/** Shows or answers a feature's message that is not stored; ignored from outside the room. */
export async function takeUnstored(here: RoomClient, message: FeatureUp): Promise<void> {
  const rule = unstoredRuleOf(message)!;
  if ("show" in rule) return await show(here, message, rule);
  if (!here.isServed(here.room.state)) return;
  const answer = await find(here, message, rule);
  if (!here.isServed(here.room.state)) return;
  if (!isRefusal(answer)) here.send(answer);
  else if ("id" in message) here.refuse(message.id, answer);
}

/** Shows a message to everyone, if the participant has the right and is within the limits. */
async function show(here: RoomClient, message: FeatureUp, rule: Moment<FeatureUp, LimitName>): Promise<void> {
  const { room, participantId, client, services: { limits, clusterVersion } } = here;
  if (!isAvailable(featureOf(message.type)!, clusterVersion())) return;
  const holder = room.state.participants[participantId];
  if (holder === undefined || !may(rule.right, holder, room.state.room.settings)) return;
  const limited = await limits.take(rule.perBrowser, client.device) ??
    await limits.take(rule.perRoom, room.id) ?? takeFrames(here);
  if (limited === undefined) room.show(rule.show(message, participantId), participantId);
}

async function find(
  here: RoomClient,
  message: FeatureUp,
  rule: Question<FeatureUp>,
): Promise<FeatureDown | Refusal> {
  const { room, space, client, services: { limits, db, log } } = here;
  const limited = limits.take("person.command", client.device) ?? takeRoomPoint(here);
  if (limited !== undefined) return limited;
  try {
    return await rule.answer(message, { db, roomId: room.id, space });
  } catch (error) {
    warnOf(log, "room.store", error);
    return refuse("store.unavailable");
  }
}
