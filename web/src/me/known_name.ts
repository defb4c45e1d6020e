import { createSignal } from "solid-js";

/** What the person who is signed in is called; "" as long as that is not known. For the lobby, which does not wait for it. */
export const [knownName, setKnownName] = createSignal("");
