import { canonicalEmail } from "@tafelrunde/protocol";
import { createResource, createSignal, Show, untrack } from "solid-js";
import { type OneTimeLinkInfo, readOneTimeLink, redeemOneTimeLink } from "../api/auth.ts";
import { createSubmission } from "../dashboard/submission.ts";
import { Loading } from "../dashboard/Loading.tsx";
import { ErrorNotice, errorText } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { signedIn } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { ButtonLink } from "../ui/ButtonLink.tsx";
import { Field } from "../ui/Field.tsx";
import { navigate } from "../ui/route.ts";
import { ConfirmEmail } from "./ConfirmEmail.tsx";
import { MIN_PASSWORD, passwordProblem } from "./password.ts";
import { SignFrame } from "./SignFrame.tsx";
import styles from "./SignIn.module.css";

/** The page of a one-time link: the first admin's, an account invitation, a new password, a new address. */
export function OneTimeLinkPage(props: { readonly secret: string }) {
  const [oneTimeLink] = createResource(() => readOneTimeLink(props.secret));
  const words = () => wordsOf("dashboard").oneTimeLink;
  return (
    <Show when={oneTimeLink()} fallback={<Loading />}>
      {(answer) => {
        const now = answer();
        if (!now.ok) {
          const isOver = now.error.status === 404 || now.error.status === 410;
          return (
            <SignFrame
              title={isOver ? words().over.title : wordsOf("dashboard").errors.title}
              lead={isOver ? words().over.text : errorText(now.error)}
            >
              <ButtonLink href="/signin">{words().over.action}</ButtonLink>
            </SignFrame>
          );
        }
        const { purpose, name, email } = now.value;
        if (purpose === "changeEmail") {
          return <ConfirmEmail secret={props.secret} name={name ?? ""} email={email ?? ""} />;
        }
        return <Redeem secret={props.secret} purpose={purpose} oneTimeLink={now.value} />;
      }}
    </Show>
  );
}

interface RedeemProps {
  readonly secret: string;
  readonly purpose: Exclude<OneTimeLinkInfo["purpose"], "changeEmail">;
  readonly oneTimeLink: OneTimeLinkInfo;
}

function Redeem(props: RedeemProps) {
  const words = () => wordsOf("dashboard").oneTimeLink;
  const purpose = untrack(() => props.purpose);
  const [name, setName] = createSignal(props.oneTimeLink.name ?? "");
  const [email, setEmail] = createSignal(props.oneTimeLink.email ?? "");
  const [password, setPassword] = createSignal("");
  const [wasTried, setTried] = createSignal(false);
  const submission = createSubmission();
  const problems = () => ({
    name: purpose !== "resetPassword" && name().trim() === "" ? words().nameMissing : undefined,
    email: purpose === "firstAdmin" && canonicalEmail(email()) === undefined
      ? words().emailMissing
      : undefined,
    password: passwordProblem(password()),
  });
  const shown = (): Partial<ReturnType<typeof problems>> => wasTried() ? problems() : {};

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(problems()).some(Boolean)) return;
    const done = await submission.run(() =>
      redeemOneTimeLink(props.secret, {
        password: password(),
        ...(purpose === "resetPassword" ? {} : { name: name().trim() }),
        ...(purpose === "firstAdmin" ? { email: email().trim() } : {}),
      })
    );
    if (done === undefined) return;
    await signedIn();
    navigate("/meetings");
  };
  return (
    <SignFrame title={words()[purpose].title} lead={words()[purpose].lead}>
      <form class={styles.form} novalidate onSubmit={(event) => void send(event)}>
        <Show when={purpose !== "resetPassword"}>
          <Field
            label={words().name}
            autocomplete="name"
            value={name()}
            onInput={setName}
            problem={shown().name}
          />
        </Show>
        <Field
          label={words().email}
          type="email"
          inputmode="email"
          autocomplete="username"
          disabled={purpose !== "firstAdmin"}
          value={email()}
          onInput={setEmail}
          problem={shown().email}
        />
        <Field
          label={purpose === "resetPassword" ? words().newPassword : words().password}
          type="password"
          autocomplete="new-password"
          value={password()}
          onInput={setPassword}
          hint={words().passwordHint(MIN_PASSWORD)}
          problem={shown().password}
        />
        <ErrorNotice error={submission.error()} />
        <Button type="submit" look="primary" busy={submission.isBusy()}>{words()[purpose].action}</Button>
      </form>
    </SignFrame>
  );
}
