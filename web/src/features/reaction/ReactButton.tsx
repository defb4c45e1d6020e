import { type Reaction, REACTIONS } from "@tafelrunde/protocol/features/reaction/reactions";
import { createSignal, createUniqueId, For, Show } from "solid-js";
import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { useRights } from "../../room/rights.ts";
import { ControlButton } from "../../ui/ControlButton.tsx";
import { smile } from "./icons.ts";
import styles from "./ReactButton.module.css";
import { words } from "./words.ts";

/** Opens a row of reactions; each is shown to everyone for a moment. */
export function ReactButton() {
  const call = useCall();
  const rights = useRights();
  const id = createUniqueId();
  const [isOpen, setOpen] = createSignal(false);
  const unavailable = useUnavailable("reaction");
  const isShown = () => isOpen() && unavailable() === undefined;
  let place!: HTMLDivElement;
  const react = (reaction: Reaction) => {
    call.tell({ type: "reaction.send", reaction });
    setOpen(false);
    place.querySelector("button")?.focus();
  };
  const closeWhenLeft = (event: FocusEvent) => {
    if (!place.contains(event.relatedTarget as Node | null)) setOpen(false);
  };
  return (
    <Show when={rights.may("react")}>
      <div
        ref={place}
        class={styles.place}
        onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
        onFocusOut={closeWhenLeft}
      >
        <ControlButton
          disabled={unavailable() !== undefined}
          label={unavailable() === undefined ? words().react : `${words().react}: ${unavailable()}`}
          shape={smile}
          expanded={isShown()}
          controls={id}
          onClick={() => setOpen(!isOpen())}
        />
        <Show when={isShown()}>
          <div id={id} class={styles.row} role="group" aria-label={words().react}>
            <For each={REACTIONS}>
              {(reaction) => (
                <button
                  type="button"
                  aria-label={words().names[reaction]}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => react(reaction)}
                >
                  {reaction}
                </button>
              )}
            </For>
          </div>
        </Show>
      </div>
    </Show>
  );
}
