/**
 * Optional features of a room, beyond admission and media, each with `since`: the protocol version that
 * introduced it. The types of a feature's messages begin with its name ("hand.raise").
 */
export const FEATURES = {
  chat: { since: 3 },
  hand: { since: 3 },
  reaction: { since: 3 },
} satisfies Readonly<Record<string, { readonly since: number }>>;

export type FeatureName = keyof typeof FEATURES;

/** Whether `feature` works in a cluster whose oldest edge speaks protocol version `clusterVersion`. */
export function isAvailable(feature: FeatureName, clusterVersion: number): boolean {
  return FEATURES[feature].since <= clusterVersion;
}

/**
 * The feature that a message of this type belongs to; undefined: it belongs to the core, which always works.
 */
export function featureOf(type: string): FeatureName | undefined {
  const [name] = type.split(".", 1);
  return Object.hasOwn(FEATURES, name!) ? name as FeatureName : undefined;
}
