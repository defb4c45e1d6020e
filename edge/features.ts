/** All features on the edge; use them through feature_rules.ts. */
export { chat } from "./features/chat.ts";
export { hand } from "./features/hand.ts";
export { poll } from "./features/poll.ts";
export { reaction } from "./features/reaction.ts";
export { timer } from "./features/timer.ts";
export { token } from "./features/token.ts";
