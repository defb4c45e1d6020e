import {
  type Command,
  type Draft,
  type Event,
  evolve,
  MAX_CHAT_TEXT,
  type ParticipantId,
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

function predictOne(state: RoomState, command: Command, you: ParticipantId): Draft<Event> | undefined {
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
      // Commands about others: shown once they are stored.
      return undefined;
    case "participant.rename": {
      const name = command.name.trim();
      const { participantId } = command;
      return participantId === you && name !== ""
        ? { type: "participant.renamed", participantId, name }
        : undefined;
    }
    case "hand.lower": {
      const { participantId } = command;
      return participantId === null ? undefined : { type: "hand.lowered", participantId };
    }
    case "hand.raise": {
      const isRaised = state.hand[you] !== undefined;
      if (isRaised === command.raised) return undefined;
      return { type: command.raised ? "hand.raised" : "hand.lowered", participantId: you };
    }
    case "chat.post": {
      const text = command.text.trim();
      if (text === "" || text.length > MAX_CHAT_TEXT) return undefined;
      return { type: "chat.posted", participantId: you, name: state.participants[you]?.name ?? "", text };
    }
    case "chat.delete":
      return { type: "chat.deleted", messageSeq: command.messageSeq };
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
