import { createContext, createSignal, For, type JSX, onCleanup, useContext } from "solid-js";
import { after } from "../call/timer.ts";
import { Icon, type Shape } from "../ui/Icon.tsx";
import styles from "./Toasts.module.css";

/**
 * How long a toast stays, ms. WCAG 2.2, 2.2.1 is met because the same information is also available
 * elsewhere.
 */
const STAY_MS = 5_000;

/** Most toasts at once; a new one replaces the oldest. */
const MOST = 3;

export interface Toast {
  readonly text: string;
  readonly shape?: Shape;
  /** The action of a click; without it, the toast is not clickable. */
  readonly onClick?: () => void;
}

/** Shows toasts, newest last. */
export class Toasts {
  readonly shown: () => readonly Toast[];
  readonly #set: (change: (before: readonly Toast[]) => readonly Toast[]) => void;
  readonly #life = new AbortController();

  constructor() {
    const [shown, set] = createSignal<readonly Toast[]>([]);
    this.shown = shown;
    this.#set = set;
    onCleanup(() => this.#life.abort());
  }

  show(toast: Toast): void {
    this.#set((before) => [...before, toast].slice(-MOST));
    after(STAY_MS, () => this.hide(toast), this.#life.signal);
  }

  hide(toast: Toast): void {
    this.#set((before) => before.filter((other) => other !== toast));
  }
}

export const ToastsContext = createContext<Toasts>();

/** The toasts of this page. Throws outside of a meeting. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext);
  if (toasts === undefined) throw new Error("no ToastsContext here");
  return toasts;
}

/** The list of toasts, announced as they appear. */
export function ToastList() {
  const toasts = useToasts();
  return (
    <div class={styles.toasts} role="status">
      <For each={toasts.shown()}>
        {(toast) => {
          const content: JSX.Element = (
            <>
              {toast.shape && <Icon shape={toast.shape} size={18} />}
              <span>{toast.text}</span>
            </>
          );
          if (toast.onClick === undefined) return <p class={styles.toast}>{content}</p>;
          const act = () => {
            toasts.hide(toast);
            toast.onClick?.();
          };
          return <button type="button" class={styles.toast} onClick={act}>{content}</button>;
        }}
      </For>
    </div>
  );
}
