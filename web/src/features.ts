/** All features of the interface; use them through feature_slots.ts. */
export { chat } from "./features/chat/feature.tsx";
export { hand } from "./features/hand/feature.tsx";
export { poll } from "./features/poll/feature.tsx";
export { reaction } from "./features/reaction/feature.tsx";
export { timer } from "./features/timer/feature.tsx";
export { token } from "./features/token/feature.tsx";
