/** All attacks, and those with HTTP requests. Each prepares what it needs, then floods until stopped. */
import { randomBytes } from "node:crypto";
import type { Attacker, Until } from "./attacker.ts";
import { control, idleConnections, probes, unreadAnswers } from "./attacks_connections.ts";
import { anonymousRooms, sockets, tracks } from "./attacks_rooms.ts";
import type { AttackName } from "./names.ts";

/** Concurrent requests: each on its own connection, the next one once it is answered. */
const AT_ONCE = 64;

/** Size of a large body, bytes, just below the limit. */
const BODY_BYTES = 65_000;

/** People invited at once. */
const INVITED = 20;

type Attack = (attacker: Attacker) => Promise<(until: Until) => Promise<void>>;

/**
 * A body of quotes, one of brackets, one long string, and one with very many names: each is the worst case
 * for some part of the parser.
 */
const BODIES = [
  `{"name":"${'\\"'.repeat(BODY_BYTES / 2 - 10)}"}`,
  "[".repeat(BODY_BYTES),
  `{"name":"${"ä".repeat(BODY_BYTES / 2 - 10)}"}`,
  `{${Array.from({ length: BODY_BYTES / 12 }, (_, n) => `"n${n}":1`).join()}}`,
];

/** Pages, lists and missing paths, over many connections. */
const requests: Attack = (attacker) => {
  const paths = ["/", "/v1/auth/methods", "/v1/health", "/v1/nothing", "/r/aaaa-bbbb-cccc"];
  return Promise.resolve((until) =>
    attacker.flood(
      AT_ONCE,
      until,
      async (n) => String((await attacker.ask("GET", paths[n % paths.length]!)).status),
    )
  );
};

/** The right password of the attacker's own account and of its own room, repeatedly. */
const rightPasswords: Attack = (attacker) => {
  const { email, password, lockedRoom: { room, link }, version } = attacker.target;
  return Promise.resolve((until) =>
    attacker.flood(AT_ONCE, until, async (n) => {
      if (n % 2 === 0) {
        const { status } = await attacker.ask("POST", "/v1/auth/password", { body: { email, password } });
        return `account ${status}`;
      }
      const join = { id: crypto.randomUUID(), name: "Mallory", password };
      const body = { version, room, link, tab: crypto.randomUUID(), peer: "none", join };
      return `room ${(await attacker.ask("POST", `/v1/rooms/${room}/hello`, { body })).status}`;
    })
  );
};

/** Wrong passwords: of another user's account, of the attacker's, of unknown ones. */
const wrongPasswords: Attack = (attacker) => {
  const { email, victim } = attacker.target;
  return Promise.resolve((until) =>
    attacker.flood(AT_ONCE, until, async (n) => {
      const body = {
        email: [email, victim, `nobody${n}@example.org`][n % 3],
        password: `a guess, number ${n}`,
      };
      return String((await attacker.ask("POST", "/v1/auth/password", { body })).status);
    })
  );
};

/** Invalid links, of an existing room and of others. */
const wrongLinks: Attack = async (attacker) => {
  const { room } = await attacker.makeRoom();
  return (until) =>
    attacker.flood(AT_ONCE, until, async (n) => {
      const link = randomBytes(16).toString("base64url");
      if (n % 2 === 0) {
        const headers = { authorization: `Bearer ${link}` };
        return `lobby ${(await attacker.ask("GET", `/v1/rooms/${room}/lobby`, { headers })).status}`;
      }
      const join = { id: crypto.randomUUID(), name: "Mallory" };
      const { version } = attacker.target;
      const body = { version, room, link, tab: crypto.randomUUID(), peer: "none", join };
      return `hello ${(await attacker.ask("POST", `/v1/rooms/${room}/hello`, { body })).status}`;
    });
};

/** Mails: password resets for anyone, and invitations to strangers from the attacker's own account. */
const mails: Attack = async (attacker) => {
  const { email, password, victim } = attacker.target;
  const { status, cookies } = await attacker.ask("POST", "/v1/auth/password", { body: { email, password } });
  if (status !== 200) throw new Error(`signing in: ${status}`);
  const headers = { cookie: cookies };
  const meeting = {
    title: "Rat",
    time: { start: "2099-03-23T10:00", timeZone: "Europe/Berlin", durationMinutes: 60 },
  };
  return (until) =>
    attacker.flood(AT_ONCE, until, async (n) => {
      if (n % 4 !== 0) {
        const body = { email: n % 4 === 1 ? victim : `nobody${n}@example.org` };
        return `forgotten ${(await attacker.ask("POST", "/v1/auth/forgotten", { body })).status}`;
      }
      const made = await attacker.ask("POST", "/v1/meetings", { headers, body: meeting });
      if (made.status !== 201) return `meeting ${made.status}`;
      const { id } = made.answer as { id: string };
      const people = Array.from({ length: INVITED }, (_, k) => ({ email: `guest${n}x${k}@example.org` }));
      const invited = await attacker.ask("POST", `/v1/meetings/${id}/invitations`, {
        headers,
        body: { people },
      });
      return `invited ${invited.status}`;
    });
};

/** Bodies of the largest allowed size. */
const bodies: Attack = (attacker) => {
  const paths = [
    "/v1/rooms",
    "/v1/auth/password",
    "/v1/rooms/aaaa-bbbb-cccc/hello",
    "/v1/auth/one-time-link",
  ];
  return Promise.resolve((until) =>
    attacker.flood(AT_ONCE, until, async (n) => {
      const body = BODIES[n % BODIES.length]!;
      const path = paths[Math.floor(n / BODIES.length) % paths.length]!;
      return String((await attacker.ask("POST", path, { body })).status);
    })
  );
};

export const ATTACK: Readonly<Record<AttackName, Attack>> = {
  idleConnections,
  requests,
  rightPasswords,
  wrongPasswords,
  unreadAnswers,
  wrongLinks,
  anonymousRooms,
  sockets,
  tracks,
  control,
  probes,
  mails,
  bodies,
};
