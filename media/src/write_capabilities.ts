/**
 * Writes protocol/router_capabilities.ts: run it (and `deno fmt`) after changing MEDIA_CODECS or the
 * mediasoup version; capabilities_test.ts fails until then.
 *
 * node media/src/write_capabilities.ts
 */
import { writeFileSync } from "node:fs";
import { ortc } from "mediasoup";
import { MEDIA_CODECS } from "./capabilities.ts";

const capabilities = ortc.generateRouterRtpCapabilities(MEDIA_CODECS);

const text = `/** Written by media/src/write_capabilities.ts. */

/** What mediasoup-client's \`Device.load\` takes, as its RtpCapabilities (a cast: its list of \`uri\` lags behind the server's). */
export interface RouterRtpCapabilities {
  codecs: {
    kind: "audio" | "video";
    mimeType: string;
    preferredPayloadType: number;
    clockRate: number;
    channels?: number;
    parameters: Record<string, string | number>;
    rtcpFeedback: { type: string; parameter?: string }[];
  }[];
  headerExtensions: {
    kind: "audio" | "video";
    uri: string;
    preferredId: number;
    preferredEncrypt: boolean;
    direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  }[];
}

/** The RTP capabilities of every router of every media node of this release: known before anyone is asked. */
export const ROUTER_RTP_CAPABILITIES: RouterRtpCapabilities = ${JSON.stringify(capabilities, null, 2)};
`;

writeFileSync(new URL("../../protocol/router_capabilities.ts", import.meta.url), text);
