/**
 * What takes part in a meeting. A person comes with a browser. A phone is a caller, an ingest sends sound and
 * picture of a program or a camera (WHIP), a recorder receives what it records: each comes by a token that a
 * moderator made.
 */
export const PARTICIPANT_KINDS = ["person", "phone", "ingest", "recorder"] as const;

/** Kind of a participant. */
export type ParticipantKind = (typeof PARTICIPANT_KINDS)[number];

/** The kinds that come by a token. */
export const TOKEN_KINDS = ["phone", "ingest", "recorder"] as const satisfies readonly ParticipantKind[];
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** The role of each kind that comes by a token; it does not change. */
export const KIND_ROLE = {
  phone: "guest",
  ingest: "presenter",
  recorder: "viewer",
} as const satisfies Record<
  TokenKind,
  string
>;

/** The kind of a participant; one that a build without kinds has stored is a person. */
export function kindOf({ kind }: { readonly kind?: TokenKind | undefined }): ParticipantKind {
  return kind ?? "person";
}

/** Whether a participant counts as somebody who is there: callers do, machines do not. */
export function isSomebody(participant: { readonly kind?: TokenKind | undefined }): boolean {
  const kind = kindOf(participant);
  return kind === "person" || kind === "phone";
}
