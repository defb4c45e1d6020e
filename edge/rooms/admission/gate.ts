import type { RoomServices } from "../../context.ts";
import { isSomebody, personsIn, type Refusal, refuse, type RoomState } from "@tafelrunde/protocol";
import { type AdmissionQuota, takeUse } from "../../store/admission.ts";
import type { Entrant } from "../decision.ts";
import type { Admission, Client } from "./authorize.ts";
import { isInside } from "./rules.ts";

/**
 * Checks what is needed to enter: the tenant's quota, the password, and a free use of the link. Null, or the
 * refusal.
 */
export async function checkGate(
  { passwords, db }: RoomServices,
  { passwordHash, countedLink, quota, entrant, open: { room } }: Admission,
  password: string | undefined,
  { device, address }: Client,
): Promise<Refusal | null> {
  const spent = quota && refuseSpent(quota, room.state, entrant);
  if (spent !== null) return spent;
  if (passwordHash !== null) {
    if (password === undefined || password === "") return refuse("password.missing");
    const refusal = await passwords.refuse({ room: room.id, passwordHash, password, device, address });
    if (refusal !== null) return refusal;
  }
  if (countedLink === null) return null;
  const { id, maxUses } = countedLink;
  return await takeUse(db, id, entrant.persons.at(-1)!, maxUses) ? null : refuse("link.usedUp");
}

/** A spent quota ends no meeting; it only keeps new participants out. */
function refuseSpent(
  { maxParticipants, isSpent }: AdmissionQuota,
  state: RoomState,
  entrant: Entrant,
): Refusal | null {
  if (isSpent) return refuse("tenant.minutesSpent");
  const isFull = maxParticipants !== null && personsIn(state.participants).size >= maxParticipants &&
    !isInside(state, entrant) &&
    isSomebody(entrant);
  return isFull ? refuse("room.full") : null;
}
