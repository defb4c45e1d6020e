import { createResource, createSignal, Show } from "solid-js";
import { changeTenant, readTenant, type Tenant } from "../api/admin.ts";
import { createSubmission } from "../dashboard/submission.ts";
import formStyles from "../dashboard/Form.module.css";
import { FormFoot } from "../dashboard/FormFoot.tsx";
import { LeaveGuard } from "../dashboard/LeaveGuard.tsx";
import { Loading } from "../dashboard/Loading.tsx";
import { Section } from "../dashboard/Section.tsx";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { paint } from "../me/branding.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import styles from "./Admin.module.css";

/** The accent of tokens.css, for organisations without their own. */
const OUR_ACCENT = "#1f5e4a";

/** The organisation's name, colour and legal addresses. */
export function Organisation() {
  const [answer, { mutate, refetch }] = createResource(readTenant);
  const tenant = () => {
    const latest = answer.latest;
    return latest?.ok ? latest.value : undefined;
  };
  const error = () => {
    const latest = answer.latest;
    return latest === undefined || latest.ok ? undefined : latest.error;
  };
  return (
    <Section title={wordsOf("admin").tabs.organisation} lead={wordsOf("admin").organisation.lead}>
      <ErrorNotice error={error()} />
      <Show when={tenant()} keyed fallback={error() ? undefined : <Loading />}>
        {(tenant) => (
          <OrganisationForm
            tenant={tenant}
            onChanged={(value) => mutate({ ok: true, value, etag: "" })}
            onReload={() => void refetch()}
          />
        )}
      </Show>
    </Section>
  );
}

interface OrganisationFormProps {
  readonly tenant: Tenant;
  readonly onChanged: (tenant: Tenant) => void;
  readonly onReload: () => void;
}

function OrganisationForm(props: OrganisationFormProps) {
  const words = () => wordsOf("admin").organisation;
  const { tenant } = props;
  const [name, setName] = createSignal(tenant.name);
  const [accent, setAccent] = createSignal(tenant.branding.accent);
  const [imprint, setImprint] = createSignal(tenant.branding.imprintUrl ?? "");
  const [privacy, setPrivacy] = createSignal(tenant.branding.privacyUrl ?? "");
  const submission = createSubmission();
  const branding = () => ({
    ...tenant.branding,
    accent: accent(),
    imprintUrl: imprint().trim() || null,
    privacyUrl: privacy().trim() || null,
  });
  const isDirty = () =>
    name().trim() !== tenant.name || JSON.stringify(branding()) !== JSON.stringify(tenant.branding);
  const linkProblem = (text: string) =>
    text.trim() === "" || /^https:\/\/[^\s]+$/.test(text.trim()) ? undefined : words().linkWrong;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (name().trim() === "" || linkProblem(imprint()) || linkProblem(privacy()) || !isDirty()) return;
    const done = await submission.run(() =>
      changeTenant({ name: name().trim(), branding: branding() }, tenant.version)
    );
    if (done === undefined) return;
    paint(done.value.branding.accent);
    props.onChanged(done.value);
  };
  return (
    <form class={formStyles.form} novalidate onSubmit={(event) => void save(event)}>
      <Field
        label={words().name}
        value={name()}
        onInput={setName}
        problem={name().trim() === "" ? words().nameMissing : undefined}
      />
      <div>
        <div class={styles.colour}>
          <label>
            {words().colour}
            <input
              type="color"
              value={accent() ?? OUR_ACCENT}
              onInput={(event) => setAccent(event.currentTarget.value)}
            />
          </label>
          <Show when={accent()}>
            <Button onClick={() => setAccent(null)}>{words().ourColour}</Button>
          </Show>
        </div>
        <p class={formStyles.soft}>{words().colourHint}</p>
      </div>
      <Field
        label={words().imprint}
        type="url"
        inputmode="url"
        placeholder={words().link}
        value={imprint()}
        onInput={setImprint}
        problem={linkProblem(imprint())}
      />
      <Field
        label={words().privacy}
        type="url"
        inputmode="url"
        value={privacy()}
        onInput={setPrivacy}
        problem={linkProblem(privacy())}
      />
      <FormFoot submission={submission} isIdle={!isDirty()} onReload={() => props.onReload()} />
      <LeaveGuard isDirty={isDirty()} />
    </form>
  );
}
