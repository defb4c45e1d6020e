import { createResource, Show } from "solid-js";
import { type MailStop, mailWishes } from "../api/mails.ts";
import { createAsk } from "../desk/ask.ts";
import { Loading } from "../desk/Loading.tsx";
import { check } from "../desk/shapes.ts";
import { sayTrouble, TroubleNotice } from "../desk/TroubleNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { SignFrame } from "../signin/SignFrame.tsx";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import styles from "./AnswerPage.module.css";

/** The page of a mail's link where people without an account stop further mails, or allow them again. */
export function StopPage(props: { readonly secret: string }) {
  const words = () => wordsOf("desk").meetings.stop;
  const [wishes, { mutate, refetch }] = createResource(() => mailWishes(props.secret));
  const ask = createAsk();
  const say = async (stop: MailStop) => {
    const done = await ask.run(() => mailWishes(props.secret, stop));
    if (done !== undefined) mutate(done);
  };
  const known = () => {
    const answer = wishes();
    return answer?.ok ? answer.value : undefined;
  };
  const trouble = () => {
    const answer = wishes();
    return answer === undefined || answer.ok ? undefined : answer.trouble;
  };
  const isWrong = () => trouble()?.status === 404 || trouble()?.status === 422;
  return (
    <Show when={wishes.latest} fallback={<Loading />}>
      <Show
        when={known()}
        fallback={
          <SignFrame
            title={isWrong() ? words().wrong.title : wordsOf("desk").troubles.title}
            lead={isWrong() ? words().wrong.text : sayTrouble(trouble()!)}
          >
            <Show when={!isWrong()}>
              <Button onClick={() => void refetch()}>{wordsOf("desk").tryAgain}</Button>
            </Show>
          </SignFrame>
        }
      >
        {(known) => (
          <SignFrame title={words().title} lead={words().lead(known().tenant.name)}>
            <Show when={known().stop !== "none"}>
              <Notice shape={check} tone="hint">
                {known().stop === "all" ? words().stoppedAll : words().stopped(known().tenant.name)}
              </Notice>
            </Show>
            <TroubleNotice trouble={ask.trouble()} />
            <div class={styles.ways}>
              <Show when={known().stop === "none"}>
                <Button look="primary" busy={ask.isBusy()} onClick={() => void say("tenant")}>
                  {words().stop(known().tenant.name)}
                </Button>
              </Show>
              <Show when={known().stop !== "all"}>
                <Button busy={ask.isBusy()} onClick={() => void say("all")}>{words().stopAll}</Button>
              </Show>
              <Show when={known().stop !== "none"}>
                <Button busy={ask.isBusy()} onClick={() => void say("none")}>{words().again}</Button>
              </Show>
            </div>
          </SignFrame>
        )}
      </Show>
    </Show>
  );
}
