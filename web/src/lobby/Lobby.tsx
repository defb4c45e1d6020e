import type { Refusal } from "@tafelrunde/protocol";
import { countCharacters, MAX_NAME } from "@tafelrunde/protocol/client";
import { createEffect, createSignal, lazy, onMount, Show, Suspense } from "solid-js";
import { offeredName } from "../call/identity.ts";
import { speakAlso, words } from "../i18n/language.ts";
import { refusalText } from "../i18n/refusal_text.ts";
import { useCall } from "../room/call_context.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { alert, offline, people } from "../ui/icons.ts";
import { Icon } from "../ui/Icon.tsx";
import styles from "./Lobby.module.css";
import { Preview } from "./Preview.tsx";

const behind = async () => (await Promise.all([import("../behind_lobby.ts"), speakAlso("room")]))[0];
const CaptureNotices = lazy(async () => ({ default: (await behind()).CaptureNotices }));
const choices = async () => (await Promise.all([import("./choices.ts"), speakAlso("room")]))[0];
const DeviceChoices = lazy(async () => ({ default: (await choices()).DeviceChoices }));
const Elsewhere = lazy(async () => ({ default: (await choices()).Elsewhere }));
const PlaceLine = lazy(async () => ({ default: (await choices()).PlaceLine }));
const WaitingCard = lazy(async () => {
  const [card] = await Promise.all([import("./WaitingCard.tsx"), speakAlso("room")]);
  return { default: card.WaitingCard };
});

/** Before the meeting: the person's name, picture and sound, and who is there. */
export function Lobby() {
  const call = useCall();
  const title = () => call.view.lobby?.name || words().lobby.title;
  createEffect(() => {
    document.title = `${title()} – Tafelrunde`;
  });
  return (
    <Page>
      <div class={styles.lobby}>
        <div class={styles.heading}>
          <h1 dir="auto">{title()}</h1>
          <p class={styles.present}>
            <Show when={call.view.lobby} fallback={words().lobby.connecting}>
              {(lobby) => (
                <>
                  <Icon shape={people} size={20} />
                  {words().lobby.present(lobby().present)}
                </>
              )}
            </Show>
          </p>
        </div>
        <div class={styles.looks}>
          <Preview />
          <Suspense>
            <CaptureNotices />
            <PlaceLine />
          </Suspense>
        </div>
        <Show when={call.view.phase === "waiting"} fallback={<JoinForm />}>
          <Suspense>
            <WaitingCard />
          </Suspense>
        </Show>
        <section class={styles.devices} aria-label={words().devices.title}>
          <Suspense>
            <DeviceChoices />
          </Suspense>
        </section>
      </div>
    </Page>
  );
}

/** A typed name that was not used to join: a page that the browser has kept starts its call again. */
const [written, setName] = createSignal<string>();

function JoinForm() {
  const call = useCall();
  /** The last name, or the account's name if the last one was not used with it, until they type another. */
  const name = () => written() ?? offeredName(call.view.account);
  const [password, setPassword] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const [refused, setRefusal] = createSignal<Refusal>();
  const refusal = () => refused() ?? (call.view.sentBack && { refused: call.view.sentBack });
  let field!: HTMLInputElement;
  let passwordField: HTMLInputElement | undefined;

  const needsPassword = () =>
    call.view.needs?.password === true || refusal()?.refused.startsWith("password.") === true;
  const passwordProblem = () => {
    const code = refusal()?.refused;
    return code?.startsWith("password.") ? refusalText(code) : undefined;
  };
  const nameProblem = () => {
    const length = countCharacters(name().trim());
    if (length > MAX_NAME) return words().lobby.nameTooLong(MAX_NAME);
    return wasTried() && length === 0 ? words().lobby.nameMissing : undefined;
  };
  const hasNoDevices = () => {
    const { microphone, camera } = call.view.local;
    return call.view.media !== "unsupported" && isFailed(microphone.state) && isFailed(camera.state);
  };

  const join = async (replaces = false) => {
    setTried(true);
    if (nameProblem() !== undefined) return field.focus();
    if (needsPassword() && password() === "") {
      setRefusal({ refused: "password.missing" });
      return passwordField?.focus();
    }
    setRefusal(undefined);
    const refused = await call.join(name().trim(), needsPassword() ? password() : undefined, replaces);
    if (refused === null) setName(undefined);
    setRefusal(refused ?? undefined);
    if (passwordProblem() !== undefined) passwordField?.select();
  };
  const action = () => call.view.needs?.admission ? words().lobby.ask : words().lobby.join;
  const isElsewhere = () => call.view.elsewhere > 0 && call.view.phase !== "joined";

  // Not on touch screens: their keyboard would cover the preview.
  onMount(() => name() === "" && matchMedia("(hover: hover)").matches && field.focus());

  return (
    <form
      class={styles.join}
      novalidate
      onSubmit={(event) => {
        event.preventDefault();
        if (call.view.phase === "lobby") void join();
      }}
    >
      <Field
        ref={(element: HTMLInputElement) => field = element}
        label={words().lobby.name}
        placeholder={words().lobby.namePlaceholder}
        autocomplete="name"
        value={name()}
        onInput={setName}
        problem={nameProblem()}
      />
      <Show when={needsPassword()}>
        <Field
          ref={(element: HTMLInputElement) => passwordField = element}
          label={words().lobby.password}
          type="password"
          hint={words().lobby.passwordHint}
          value={password()}
          onInput={setPassword}
          problem={passwordProblem()}
        />
      </Show>
      <Button type="submit" look="primary" busy={call.view.phase === "joining"}>
        {call.view.phase === "joining" ? words().lobby.joining : action()}
      </Button>
      <Show when={isElsewhere()}>
        <Suspense>
          <Elsewhere isBusy={call.view.phase === "joining"} onMove={() => void join(true)} />
        </Suspense>
      </Show>
      <Show when={call.view.needs?.admission}>
        <p class={styles.hint}>{words().lobby.admission}</p>
      </Show>
      <Show when={call.view.account}>
        {(account) => <p class={styles.hint}>{words().lobby.as(account())}</p>}
      </Show>
      <Show when={passwordProblem() === undefined && refusal()}>
        {(refusal) => (
          <Notice shape={alert} tone="trouble">
            {refusalText(refusal().refused)}
          </Notice>
        )}
      </Show>
      <Show when={call.view.connection === "reconnecting"}>
        <Notice shape={offline} tone="wait">
          {words().lobby.offline}
        </Notice>
      </Show>
      <Show when={hasNoDevices()}>
        <p class={styles.hint}>{words().lobby.noDevices}</p>
      </Show>
    </form>
  );
}

function isFailed(state: string): boolean {
  return state !== "on" && state !== "off" && state !== "starting";
}
