/** An instant (ms since 1970) as this API writes it: RFC 3339 in UTC. Null stays null. */
export function timeOf<const At extends number | null>(at: At): At extends null ? null : string {
  return (at === null ? null : new Date(at).toISOString()) as At extends null ? null : string;
}
