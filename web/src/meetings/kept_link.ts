/** Links that this page has been given: the server shows a link once, when it is made. Gone when the page is. */
const kept = new Map<string, string>();

export function keepLink(room: string, url: string): void {
  if (url.includes("#")) kept.set(room, url);
}

/** A link for everyone to a room, if one was made here. */
export function keptLink(room: string): string | undefined {
  return kept.get(room);
}
