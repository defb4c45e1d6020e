import {
  type Command,
  type CoreCommand,
  type Draft,
  type Event,
  evolve,
  featureOf,
  features,
  type Participant,
  type ParticipantId,
  type Participants,
  type RoomState,
} from "@tafelrunde/protocol";

/**
 * `state` as it will probably be once `commands` (one's own pending ones) are stored. Its `seq` stays that of
 * the last stored event: anything with a higher one, such as a chat message, is still being sent.
 */
export function predict(
  state: RoomState,
  commands: readonly Command[],
  you: ParticipantId | undefined,
  at: number,
): RoomState {
  if (you === undefined || commands.length === 0 || state.participants[you] === undefined) return state;
  let predicted = state;
  for (const command of commands) {
    const draft = predictOne(predicted, command, you);
    if (draft === undefined) continue;
    predicted = evolve(
      predicted,
      { ...draft, seq: predicted.seq + 1, at, actor: you, cause: command.id } as Event,
    );
  }
  return predicted === state ? state : { ...predicted, seq: state.seq };
}

/** A feature's prediction of one command, which its own schema has described. */
type Predict = (
  slice: unknown,
  command: Command,
  self: Participant,
  participants: Participants,
) => Draft<Event> | undefined;

function predictOne(state: RoomState, command: Command, you: ParticipantId): Draft<Event> | undefined {
  const name = featureOf(command.type);
  if (name === undefined) return predictCore(command as CoreCommand, you);
  const predictions = features[name].predict as Readonly<Record<string, Predict>> | undefined;
  const self = state.participants[you];
  return self && predictions?.[command.type]?.(state[name], command, self, state.participants);
}

function predictCore(command: CoreCommand, you: ParticipantId): Draft<Event> | undefined {
  switch (command.type) {
    case "participant.join":
    case "participant.leave":
    case "participant.remove":
    case "role.set":
    case "waiting.admit":
    case "waiting.decline":
    case "room.change":
    case "room.end":
    case "track.stop":
    case "track.muteAll":
    case "space.open":
    case "space.move":
    case "space.close":
    case "track.address":
      // Commands about others, or that the media node carries out: shown once they are stored.
      return undefined;
    case "participant.rename": {
      const name = command.name.trim();
      const { participantId } = command;
      return participantId === you && name !== ""
        ? { type: "participant.renamed", participantId, name }
        : undefined;
    }
    case "track.publish": {
      const { trackId, source, muted } = command;
      return { type: "track.published", trackId, participantId: you, source, muted };
    }
    case "track.mute":
      return { type: command.muted ? "track.muted" : "track.unmuted", trackId: command.trackId };
    case "track.unpublish":
      return { type: "track.unpublished", trackId: command.trackId };
    default:
      return command satisfies never;
  }
}
