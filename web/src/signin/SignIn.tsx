import { createEffect, createResource, createSignal, For, Match, Show, Switch, untrack } from "solid-js";
import { type Provider, providerPath, readMethods, signInWithRecoveryCode } from "../api/auth.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { me, signedIn } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Field } from "../ui/Field.tsx";
import { navigate } from "../ui/route.ts";
import { joinFragment, splitFragment } from "./fragment_halves.ts";
import { Forgotten } from "./Forgotten.tsx";
import { LocalSignIn } from "./LocalSignIn.tsx";
import { SignFrame } from "./SignFrame.tsx";
import styles from "./SignIn.module.css";

interface SignInProps {
  /** Where to return to: a path on this site. */
  readonly returnTo: string;
  /** Half of its fragment, after a return from a provider's pages; "": none. */
  readonly half: string;
  /** Why a provider's sign-in failed; "": it did not. */
  readonly problem: string;
}

/** The sign-in methods that this organisation offers. */
export function SignIn(props: SignInProps) {
  const [methods, { refetch }] = createResource(() => readMethods());
  const [step, setStep] = createSignal<"password" | "forgotten" | "recovery">("password");
  const words = () => wordsOf("dashboard").signIn;
  const arrive = async () => {
    await signedIn();
  };
  // A person who has signed in, or already was, continues to their destination.
  const joined = untrack(() => props.half === "" ? "" : joinFragment(props.half));
  const returnTo = () => joined === "" ? props.returnTo : `${props.returnTo}#${joined}`;
  createEffect(() => typeof me() !== "string" && navigate(returnTo()));
  return (
    <SignFrame title={words().title} lead={words().lead}>
      <Show when={methods()} fallback={<Loading />}>
        {(answer) => {
          const now = answer();
          if (!now.ok) {
            return (
              <ErrorNotice
                error={now.error}
                action={<Button onClick={() => void refetch()}>{wordsOf("dashboard").tryAgain}</Button>}
              />
            );
          }
          const { builtIn, providers, canResetPassword } = now.value;
          return (
            <>
              <Show when={props.problem}>
                <ErrorNotice error={{ code: props.problem, status: 400 }} />
              </Show>
              <Switch>
                <Match when={step() === "forgotten"}>
                  <Forgotten onBack={() => setStep("password")} />
                </Match>
                <Match when={step() === "recovery"}>
                  <Recovery onDone={arrive} onBack={() => setStep("password")} />
                </Match>
                <Match when={step() === "password"}>
                  <Show when={providers.length > 0}>
                    <div class={styles.ways}>
                      <For each={providers}>
                        {(provider) => (
                          <ButtonLink
                            look={builtIn ? "plain" : "primary"}
                            href={providerPath(provider, returnTo().replace(/#.*/, ""))}
                            onClick={(event) => goWithFragment(event, provider, returnTo())}
                          >
                            {words().with(provider.name)}
                          </ButtonLink>
                        )}
                      </For>
                    </div>
                  </Show>
                  <Show when={providers.length > 0 && builtIn}>
                    <div class={styles.or} aria-hidden="true">{words().or}</div>
                  </Show>
                  <Show when={builtIn}>
                    <LocalSignIn
                      onDone={arrive}
                      onForgotten={canResetPassword ? () => setStep("forgotten") : undefined}
                      onRecovery={() => setStep("recovery")}
                    />
                  </Show>
                </Match>
              </Switch>
            </>
          );
        }}
      </Show>
    </SignFrame>
  );
}

/** Goes to the provider; the fragment of the address comes back in halves, through this page. */
function goWithFragment(event: MouseEvent, provider: Provider, returnTo: string): void {
  const [path = "", fragment = ""] = returnTo.split("#");
  const half = fragment === "" ? "" : splitFragment(fragment);
  if (half === "") return;
  event.preventDefault();
  location.assign(providerPath(provider, `/signin?returnTo=${encodeURIComponent(path)}&half=${half}`));
}

/** Sign-in with a recovery code. */
function Recovery(props: { readonly onDone: () => Promise<void>; readonly onBack: () => void }) {
  const words = () => wordsOf("dashboard").signIn;
  const [email, setEmail] = createSignal("");
  const [code, setCode] = createSignal("");
  const submission = createSubmission();
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await submission.run(() =>
      signInWithRecoveryCode({ email: email().trim(), code: code().trim() })
    );
    if (done !== undefined) await props.onDone();
  };
  return (
    <form class={styles.form} novalidate onSubmit={(event) => void send(event)}>
      <p>{words().recoveryLead}</p>
      <Field
        label={words().email}
        type="email"
        inputmode="email"
        autocomplete="username"
        value={email()}
        onInput={setEmail}
      />
      <Field label={words().recoveryCode} value={code()} onInput={setCode} />
      <ErrorNotice error={submission.error()} />
      <Button type="submit" look="primary" busy={submission.isBusy()}>{words().action}</Button>
      <Button look="quiet" onClick={() => props.onBack()}>{wordsOf("dashboard").back}</Button>
    </form>
  );
}
