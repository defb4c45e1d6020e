/** What one may react with. Apart from the schemas: pages need this and no valibot. */
export const REACTIONS = ["👍", "👏", "❤️", "😂", "😮", "🎉", "🤔", "👎"] as const;
export type Reaction = (typeof REACTIONS)[number];
