/** The schemas of all features; use them through feature_schemas.ts. */
export { messages as chat } from "./features/chat/messages.ts";
export { messages as hand } from "./features/hand/messages.ts";
export { messages as poll } from "./features/poll/messages.ts";
export { messages as reaction } from "./features/reaction/messages.ts";
export { messages as timer } from "./features/timer/messages.ts";
export { messages as token } from "./features/token/messages.ts";
