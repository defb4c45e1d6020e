import type { Direction, JsonObject, PeerOffer } from "@tafelrunde/protocol";
import { isRecord, keep, recall } from "./storage.ts";

/** An offer and the certificates whose fingerprints it names. */
export interface PreparedOffer {
  readonly offer: PeerOffer;
  readonly certificates: Readonly<Record<Direction, RTCCertificate>>;
}

/**
 * Makes an offer with certificates of its own, a few ms: the node can expect them before any transport exists
 * here.
 */
export async function prepareOffer(capabilities: JsonObject): Promise<PreparedOffer> {
  const [send, recv] = await Promise.all([makeCertificate(), makeCertificate()]);
  return {
    offer: { capabilities, sendFingerprint: fingerprintOf(send), recvFingerprint: fingerprintOf(recv) },
    certificates: { send, recv },
  };
}

function makeCertificate(): Promise<RTCCertificate> {
  const algorithm: EcKeyGenParams = { name: "ECDSA", namedCurve: "P-256" };
  return RTCPeerConnection.generateCertificate(algorithm);
}

function fingerprintOf(certificate: RTCCertificate): string {
  const sha256 = certificate.getFingerprints().find(({ algorithm }) => algorithm === "sha-256");
  return (sha256?.value ?? "").toUpperCase();
}

const KEY = "tafelrunde:capabilities";

/**
 * The browser's receive capabilities of the last visit, so that the first hello need not wait for
 * mediasoup-client; undefined: unknown.
 */
export function rememberedCapabilities(): JsonObject | undefined {
  const kept = recall("localStorage", KEY, isRecord);
  const capabilities = kept?.["capabilities"];
  const isUsable = kept?.["agent"] === navigator.userAgent && isRecord(capabilities) &&
    Array.isArray(capabilities["codecs"]) && capabilities["codecs"].length > 0;
  return isUsable ? capabilities as JsonObject : undefined;
}

/** Stores the capabilities. Returns false if they differ from the stored ones. */
export function rememberCapabilities(capabilities: JsonObject): boolean {
  const value = { agent: navigator.userAgent, capabilities };
  const before = recall("localStorage", KEY, isRecord);
  if (JSON.stringify(before) === JSON.stringify(value)) return true;
  keep("localStorage", KEY, value);
  return false;
}
