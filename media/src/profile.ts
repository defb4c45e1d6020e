import { isIP } from "node:net";
import { base32, type NodeId } from "@tafelrunde/protocol";
import type { NodeProfile, RegionId, RunId } from "@tafelrunde/protocol/media";
import type { Config } from "./config.ts";

/** Ports that a node listens on. */
export interface Ports {
  readonly control: number;
  /** Undefined: no probe. */
  readonly probe: number | undefined;
}

/** The profile that a node presents for its whole lifetime. */
export function makeProfile(config: Config, ports: Ports): NodeProfile {
  const { NETWORK: network, BANDWIDTH_MBPS: bandwidth } = config;
  const scheme = config.CONTROL_CERT === "" ? "ws" : "wss";
  return {
    address: {
      nodeId: config.NODE_ID as NodeId,
      region: (config.REGION || null) as RegionId | null,
      jurisdiction: (config.JURISDICTION || null) as NodeProfile["address"]["jurisdiction"],
      publicUrl: config.CONTROL_URL || null,
      privateUrl: network === ""
        ? null
        : config.CONTROL_PRIVATE_URL || `${scheme}://${authority(config.CONTROL_HOST, ports.control)}`,
      network: network || null,
    },
    runId: base32(crypto.getRandomValues(new Uint8Array(10))) as RunId,
    operator: config.OPERATOR,
    probeUrl: probeUrl(config, ports.probe),
    capacity: { peers: config.MAX_PEERS, workers: config.WORKERS, bandwidthBps: bandwidth * 1e6 },
  };
}

function probeUrl(config: Config, port: number | undefined): string | null {
  if (port === undefined) return null;
  const scheme = config.PROBE_CERT === "" ? "ws" : "wss";
  return config.PROBE_URL || `${scheme}://${authority(config.PROBE_HOST, port)}/probe`;
}

/** Host and port as one string, an IPv6 address in brackets. Source: RFC 3986 §3.2.2. */
export function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
