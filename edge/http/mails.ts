import type { RouteContext } from "../context.ts";
import { MailSecret, MailWish, MailWishes } from "@tafelrunde/protocol/http";
import { type MailStopToken, readMailStopToken } from "../mail/reader.ts";
import { readMailStop, writeMailStop } from "../store/mail_stop.ts";
import { findTenant } from "../store/tenant.ts";
import { clientAddress } from "./address.ts";
import { slowWrong } from "./limit.ts";
import { requestOrigin } from "./origin.ts";
import { ProblemError } from "./problem.ts";
import { type Route, route } from "../route.ts";

const token = MailSecret;
const problems = { "mailStop.unknown": 404, "address.tooFrequent": 429 };

/** /v1/mails: how recipients without an account stop mails, and allow them again. */
export function mailRoutes(context: RouteContext): Route[] {
  const { db, limits, keyedHash, now } = context;
  const get = async (secret: string): Promise<MailStopToken & { readonly tenantName: string }> => {
    const stop = readMailStopToken(keyedHash, secret);
    const tenant = stop && await findTenant(db, stop.tenantId);
    if (stop === undefined || tenant === undefined) {
      throw new ProblemError(404, "mailStop.unknown", "The link is invalid.");
    }
    return { ...stop, tenantName: tenant.name };
  };
  return [
    route({
      method: "POST",
      path: "/v1/mails/wishes",
      tag: "mails",
      summary: "Read or change mail preferences with the secret from a mail",
      description:
        "For people without an account. The secret is the part of the mail's link after #. `stop` is `none`, `tenant` (mails of this tenant) or `all` (mails of this installation); without it the request only reads the setting.",
      access: "open",
      body: MailWish,
      answer: MailWishes,
      problems,
    }, async ({ body, c }) => {
      const address = clientAddress(c, context);
      const { readerHash, tenantId, tenantName } = await slowWrong(
        limits,
        address,
        "mailStop.unknown",
        () => get(body.secret),
      );
      if (body.stop !== undefined) await writeMailStop(db, readerHash, tenantId, body.stop, now());
      return { tenant: { name: tenantName }, stop: await readMailStop(db, readerHash, tenantId) };
    }),

    route({
      method: "POST",
      path: "/v1/mails/stop/{token}",
      tag: "mails",
      summary: "Stop the mails of a tenant with one click in a mail program",
      description: "For mail programs: List-Unsubscribe-Post, RFC 8058. The body is ignored.",
      access: "open",
      params: { token },
      takesForeignOrigin: true,
      problems,
    }, async ({ params, c }) => {
      const address = clientAddress(c, context);
      const { readerHash, tenantId } = await slowWrong(
        limits,
        address,
        "mailStop.unknown",
        () => get(params.token),
      );
      await writeMailStop(db, readerHash, tenantId, "tenant", now());
    }),

    route(
      {
        method: "GET",
        path: "/v1/mails/stop/{token}",
        tag: "mails",
        summary: "Redirect to the page for stopping mails; changes nothing",
        access: "open",
        params: { token },
        isPage: true,
      },
      async ({ params, c }) => c.redirect(`${await requestOrigin(c, context)}/stop#${params.token}`, 303),
    ),
  ];
}
