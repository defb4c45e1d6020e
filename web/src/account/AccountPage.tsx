import { Match, Show, Switch } from "solid-js";
import { ACCOUNT_TABS, type AccountTab } from "../dashboard/dashboard_route.ts";
import { DashboardPage } from "../dashboard/DashboardPage.tsx";
import { wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { EmailSection } from "./EmailSection.tsx";
import { DataTab } from "./DataTab.tsx";
import { Passkeys } from "./Passkeys.tsx";
import { PasswordSection } from "./PasswordSection.tsx";
import { Profile } from "./Profile.tsx";
import { ProofDialog } from "./ProofDialog.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { createMethods } from "./methods.ts";
import { Sessions } from "./Sessions.tsx";

/** One's own account: profile, ways to sign in, data. */
export function AccountPage(props: { readonly tab: AccountTab }) {
  const words = () => wordsOf("account");
  const tabs = () =>
    ACCOUNT_TABS.map((tab, at) => ({
      href: at === 0 ? "/account" : `/account/${tab}`,
      text: words().tabs[tab],
      isHere: tab === props.tab,
    }));
  return (
    <DashboardPage title={words().title} tabs={tabs()}>
      <Show when={account()}>
        {(account) => (
          <Switch>
            <Match when={props.tab === "profile"}>
              <Profile account={account()} />
              <EmailSection account={account()} />
            </Match>
            <Match when={props.tab === "sign-in"}>
              <SignInTab />
            </Match>
            <Match when={props.tab === "data"}>
              <DataTab account={account()} />
            </Match>
          </Switch>
        )}
      </Show>
      <ProofDialog />
    </DashboardPage>
  );
}

function SignInTab() {
  const methods = createMethods();
  return (
    <>
      <PasswordSection methods={methods} />
      <Passkeys methods={methods} />
      <RecoveryCodes methods={methods} />
      <Sessions />
    </>
  );
}
