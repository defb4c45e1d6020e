import { createResource, Show } from "solid-js";
import { type MailStop, mailWishes } from "../api/mails.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { check } from "../dashboard/icons.ts";
import { ErrorNotice, errorText } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { SignFrame } from "../signin/SignFrame.tsx";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import styles from "./AnswerPage.module.css";

/** The page of a mail's link where people without an account stop further mails, or allow them again. */
export function StopPage(props: { readonly secret: string }) {
  const words = () => wordsOf("dashboard").meetings.stop;
  const [wishes, { mutate, refetch }] = createResource(() => mailWishes(props.secret));
  const submission = createSubmission();
  const say = async (stop: MailStop) => {
    const done = await submission.run(() => mailWishes(props.secret, stop));
    if (done !== undefined) mutate(done);
  };
  const known = () => {
    const answer = wishes();
    return answer?.ok ? answer.value : undefined;
  };
  const error = () => {
    const answer = wishes();
    return answer === undefined || answer.ok ? undefined : answer.error;
  };
  const isWrong = () => error()?.status === 404 || error()?.status === 422;
  return (
    <Show when={wishes.latest} fallback={<Loading />}>
      <Show
        when={known()}
        fallback={
          <SignFrame
            title={isWrong() ? words().wrong.title : wordsOf("dashboard").errors.title}
            lead={isWrong() ? words().wrong.text : errorText(error()!)}
          >
            <Show when={!isWrong()}>
              <Button onClick={() => void refetch()}>{wordsOf("dashboard").tryAgain}</Button>
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
            <ErrorNotice error={submission.error()} />
            <div class={styles.ways}>
              <Show when={known().stop === "none"}>
                <Button look="primary" busy={submission.isBusy()} onClick={() => void say("tenant")}>
                  {words().stop(known().tenant.name)}
                </Button>
              </Show>
              <Show when={known().stop !== "all"}>
                <Button busy={submission.isBusy()} onClick={() => void say("all")}>{words().stopAll}</Button>
              </Show>
              <Show when={known().stop !== "none"}>
                <Button busy={submission.isBusy()} onClick={() => void say("none")}>{words().again}</Button>
              </Show>
            </div>
          </SignFrame>
        )}
      </Show>
    </Show>
  );
}
