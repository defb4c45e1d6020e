/** Storage key of the tab's half while the person is at a provider's pages. */
const KEY = "tafelrunde:half";

/** Where the browser forbids storage, even naming it throws. */
const ofThisTab = () => sessionStorage;

/**
 * Splits the fragment of an address, which no server may read, into two halves that reveal nothing alone. One
 * stays in this tab; the returned one ("": the tab cannot store anything) can go to a server and come back.
 * Source: a one-time pad, Shannon 1949.
 */
export function splitFragment(fragment: string, storage = ofThisTab): string {
  const plain = new TextEncoder().encode(fragment);
  const pad = crypto.getRandomValues(new Uint8Array(plain.length));
  try {
    storage().setItem(KEY, toHex(pad));
  } catch {
    return "";
  }
  return toHex(combine(plain, pad));
}

/** Joins the halves, once; "": this tab did not split the fragment of `half`. */
export function joinFragment(half: string, storage = ofThisTab): string {
  const kept = takeKept(storage);
  if (half === "" || kept.length !== half.length) return "";
  return new TextDecoder().decode(combine(fromHex(half), fromHex(kept)));
}

function takeKept(storage: () => Storage): string {
  try {
    const kept = storage().getItem(KEY) ?? "";
    storage().removeItem(KEY);
    return kept;
  } catch {
    return "";
  }
}

function combine(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, index) => byte ^ (other[index] ?? 0));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
