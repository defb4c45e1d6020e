import { createSignal, onCleanup, Show } from "solid-js";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { navigate } from "../ui/route.ts";

/**
 * Asks before leaving a page with unsaved changes: by a link, by the browser's back button, or by closing it.
 */
export function LeaveGuard(props: { readonly isDirty: boolean }) {
  const [target, setTarget] = createSignal<string>();
  const here = location.href;
  const listening = new AbortController();
  const { signal } = listening;
  onCleanup(() => listening.abort());

  addEventListener("beforeunload", (event) => props.isDirty && event.preventDefault(), { signal });
  // Capturing: before the page receives the event.
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (
      !props.isDirty || !(link instanceof HTMLAnchorElement) || link.target !== "" ||
      link.hasAttribute("download")
    ) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    setTarget(link.href);
  }, { signal, capture: true });
  addEventListener("popstate", (event) => {
    if (!props.isDirty) return;
    event.stopImmediatePropagation();
    setTarget(location.href);
    history.pushState(null, "", here);
  }, { signal, capture: true });

  const leave = (href: string) => {
    setTarget(undefined);
    listening.abort();
    const url = new URL(href);
    if (url.origin === location.origin) navigate(url.pathname + url.search + url.hash);
    else location.assign(href);
  };
  return (
    <Show when={target()}>
      {(href) => (
        <Dialog
          title={wordsOf("dashboard").unsaved.title}
          onClose={() => setTarget(undefined)}
          actions={
            <>
              <Button look="danger" onClick={() => leave(href())}>
                {wordsOf("dashboard").unsaved.leave}
              </Button>
              <Button look="primary" onClick={() => setTarget(undefined)}>
                {wordsOf("dashboard").unsaved.stay}
              </Button>
            </>
          }
        >
          <p>{wordsOf("dashboard").unsaved.text}</p>
        </Dialog>
      )}
    </Show>
  );
}
