/**
 * Longest address and longest local part, bytes. Source: RFC 5321 §4.5.3.1, as corrected by RFC 3696's
 * erratum 1690.
 */
const MAX_ADDRESS_BYTES = 254;
const MAX_LOCAL_BYTES = 64;

/**
 * Longest text that is parsed, characters: an internationalized domain is longer in its ASCII form than as
 * written.
 */
const MAX_TEXT = 320;

/**
 * Local part: what browsers accept in an email field (HTML, "valid e-mail address"), and letters and digits
 * of any script (RFC 6531).
 */
const LOCAL = /^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]+$/u;

/** Characters that are invisible, so that two addresses would look the same. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;

/** A host name in its ASCII form. Source: RFC 1123 §2.1, with labels of IDNA (RFC 5890 §2.3.2.1). */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one spelling in which an email address is stored and compared: lower case, the domain in its ASCII form
 * ("xn--mller-kva.de"). Undefined if `text` is not an address.
 */
export function canonicalEmail(text: string): string | undefined {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf("@");
  if (at < 1 || trimmed.length > MAX_TEXT) return undefined;
  const local = trimmed.slice(0, at).normalize("NFKC").toLowerCase();
  const host = canonicalHost(trimmed.slice(at + 1));
  if (host === undefined || !host.includes(".") || !LOCAL.test(local) || UNSEEN.test(local)) return undefined;
  const localBytes = new TextEncoder().encode(local).length;
  const isShort = localBytes <= MAX_LOCAL_BYTES && localBytes + 1 + host.length <= MAX_ADDRESS_BYTES;
  return isShort ? `${local}@${host}` : undefined;
}

/**
 * An address for display: its domain in its own script ("müller.de"). Text that is not an address is returned
 * unchanged.
 */
export function shownEmail(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 1 ? address : `${address.slice(0, at)}@${shownHost(address.slice(at + 1))}`;
}

/**
 * The one spelling of a host name: its ASCII form in lower case, without a trailing dot. Undefined if `text`
 * is not a host name.
 */
export function canonicalHost(text: string): string | undefined {
  if (text.length > MAX_TEXT || /[\s/?#@:%\\[\]]/.test(text)) return undefined;
  const host = hostnameOf(`http://${text}`);
  return host.length <= 253 && HOST.test(host) ? host : undefined;
}

/**
 * The URL's host without a trailing dot, in ASCII; "" if it is not a URL. `URL.parse` is newer than the
 * oldest supported browsers.
 */
function hostnameOf(url: string): string {
  try {
    return new URL(url).hostname.replace(/\.$/, "");
  } catch {
    return "";
  }
}

/** A host name for display, in its own script. */
export function shownHost(host: string): string {
  return host.split(".").map((label) => {
    const shown = /^xn--.{1,59}$/.test(label) ? decodePunycode(label.slice(4)) : undefined;
    // A label that does not convert back to the same ASCII form is not a valid IDNA label.
    return shown !== undefined && canonicalHost(`${shown}.example`) === `${label}.example` ? shown : label;
  }).join(".");
}

/** Part of an address to search for, as addresses are stored: "anna@müller" becomes "anna@xn--mller-kva". */
export function canonicalEmailPart(text: string): string {
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1).split(".").map((label) =>
    /^[\0-\x7f]*$/.test(label) ? label : canonicalHost(`${label}.example`)?.replace(/\.example$/, "") ?? label
  );
  return (text.slice(0, at + 1).normalize("NFKC") + domain.join(".")).toLowerCase();
}

/** Parameters of Punycode. Source: RFC 3492 §5. */
const [BASE, T_MIN, T_MAX, SKEW, DAMP, INITIAL_BIAS, INITIAL_N] = [36, 1, 26, 38, 700, 72, 128] as const;

/** Decodes a label of at most 59 characters; undefined if it is not Punycode. Source: RFC 3492 §6.2. */
function decodePunycode(label: string): string | undefined {
  const delimiter = label.lastIndexOf("-");
  const output = [...label.slice(0, Math.max(0, delimiter))].map((letter) => letter.codePointAt(0)!);
  let [n, i, bias] = [INITIAL_N as number, 0, INITIAL_BIAS as number];
  for (let at = delimiter + 1; at < label.length;) {
    const before = i;
    for (let weight = 1, k = BASE;; k += BASE) {
      const digit = "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(label[at++] ?? "-");
      if (digit < 0) return undefined;
      i += digit * weight;
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > 0x7fff_ffff || i > 0x7fff_ffff) return undefined;
    }
    const length = output.length + 1;
    bias = adapt(i - before, length, before === 0);
    n += Math.floor(i / length);
    i %= length;
    if (n > 0x10_ffff || n >= 0xd800 && n <= 0xdfff) return undefined;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

function adapt(difference: number, length: number, isFirst: boolean): number {
  let delta = Math.floor(difference / (isFirst ? DAMP : 2));
  delta += Math.floor(delta / length);
  let k = 0;
  for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE) delta = Math.floor(delta / (BASE - T_MIN));
  return k + Math.floor((BASE - T_MIN + 1) * delta / (delta + SKEW));
}
