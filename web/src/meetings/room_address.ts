/** Path, query and fragment of a room's address that the API returned ("https://host/r/…#…"). */
export function roomAddress(url: string): string {
  const { pathname, search, hash } = new URL(url, location.origin);
  return pathname + search + hash;
}
