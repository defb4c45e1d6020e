import * as v from "valibot";
import { list, looseObject, object } from "../object.ts";

/** Bytes in base64url. */
const bytes = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]*$/), v.maxLength(16_384));

/**
 * Fields of every credential. Source: WebAuthn Level 3 §5.1.8 (toJSON). Fields that we do not need are
 * dropped.
 */
const credential = {
  id: v.pipe(bytes, v.minLength(1), v.maxLength(1_400)),
  rawId: bytes,
  /** The only credential type. */
  type: v.literal("public-key"),
  /** Results of extensions; ignored. */
  clientExtensionResults: v.optional(object({}), {}),
};

/** A new passkey, as returned by `startRegistration` of @simplewebauthn/browser: RegistrationResponseJSON. */
export const RegisteredPasskey = object({
  ...credential,
  /** AuthenticatorAttestationResponseJSON. */
  response: object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    /** How the authenticator can be reached. */
    transports: v.optional(
      list(v.picklist(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]), 8),
      [],
    ),
  }),
});

/** A passkey assertion, as returned by `startAuthentication`: AuthenticationResponseJSON. */
export const ShownPasskey = object({
  ...credential,
  /** AuthenticatorAssertionResponseJSON. */
  response: object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: v.optional(bytes),
  }),
});

/**
 * Argument of `startRegistration({optionsJSON})` or `startAuthentication({optionsJSON})`: options of WebAuthn
 * Level 3 §5.1.9.
 */
export const PasskeyOptions = looseObject({
  /** The value that the authenticator signs, base64url. */
  challenge: v.string(),
});
