/** Every attack, in the order of the bench. */
export const ATTACKS = [
  "idleConnections",
  "requests",
  "rightPasswords",
  "wrongPasswords",
  "unreadAnswers",
  "wrongLinks",
  "anonymousRooms",
  "sockets",
  "tracks",
  "control",
  "probes",
  "mails",
  "bodies",
] as const;

export type AttackName = (typeof ATTACKS)[number];
