import type { RoomServices } from "../../context.ts";
import { KIND_ROLE, type RoomId, type TokenSecret } from "@tafelrunde/protocol";
import type { Token } from "@tafelrunde/protocol/features/token/state";
import { hashSecret } from "../../identity/secret.ts";
import { findAdmissionFacts } from "../../store/admission.ts";
import type { Admission, Client } from "./authorize.ts";

/**
 * The admission of who comes by a token; undefined: no such room, or no such token, or it has expired and
 * nobody is inside by it.
 */
export async function admitByToken(
  { rooms, ids, db, now }: RoomServices,
  { room: id, token: secret }: { readonly room: RoomId; readonly token: TokenSecret },
  client: Client,
): Promise<Admission | undefined> {
  const [open, found] = await Promise.all([
    rooms.open(id, client.address),
    findAdmissionFacts(db, id, { accountId: null, linkHash: null }, now()),
  ]);
  if (open === undefined || found === undefined) return undefined;
  const { room } = open;
  const hash = hashSecret(secret);
  const find = () => Object.values<Token>(room.state.token).find((token) => token.hash === hash);
  // The token might have been made through another edge just now.
  if (find() === undefined) await room.reach(room.state.seq + 1);
  const token = find();
  if (token === undefined) return undefined;
  const participantId = ids.tokenHolder(token.id, id);
  const isHere = room.state.participants[participantId] !== undefined;
  if (!isHere && token.expiresAt <= now()) return undefined;
  const { kind } = token;
  return {
    open,
    participantId,
    entrant: {
      role: KIND_ROLE[kind],
      isGuest: true,
      persons: [ids.person("token", token.id, id)],
      kind,
      token: token.id,
    },
    accountName: null,
    fixedName: token.name,
    passwordHash: null,
    countedLink: null,
    isLinkForAll: false,
    quota: isHere ? null : found.quota,
    endsAt: isHere ? null : token.expiresAt,
    share: { origin: ids.origin(client.address), isOfTenant: found.tenantId !== null },
  };
}
