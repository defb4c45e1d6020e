/** The states of all features; use them through feature_states.ts. */
export { chat } from "./features/chat/state.ts";
export { hand } from "./features/hand/state.ts";
export { poll } from "./features/poll/state.ts";
export { reaction } from "./features/reaction/state.ts";
export { timer } from "./features/timer/state.ts";
export { token } from "./features/token/state.ts";
