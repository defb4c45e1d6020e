import { MailSecret, MailWish, MailWishes } from "@tafelrunde/protocol/http";
import { type MailStopToken, readMailStopToken } from "../mail/reader.ts";
import { readMailStop, writeMailStop } from "../store/mail_stop.ts";
import { findTenant } from "../store/tenant.ts";
import { clientAddress } from "./address.ts";
import { slowWrong } from "./limit.ts";
import { requestOrigin } from "./origin.ts";
import { ProblemError } from "./problem.ts";
import { type Route, route } from "./route.ts";
import type { Service } from "./serve_route.ts";

const token = MailSecret;
const problems = { "mailStop.unknown": 404, "address.tooFrequent": 429 };

/** /v1/mails: how readers without an account say no, and take it back. */
export function mailRoutes(service: Service): Route[] {
  const { db, config, limits, keyedHash, now, runtime } = service;
  const get = async (secret: string): Promise<MailStopToken & { readonly tenantName: string }> => {
    const stop = readMailStopToken(keyedHash, secret);
    const tenant = stop && await findTenant(db, stop.tenantId);
    if (stop === undefined || tenant === undefined) {
      throw new ProblemError(404, "mailStop.unknown", "The link is mistyped.");
    }
    return { ...stop, tenantName: tenant.name };
  };
  return [
    route({
      method: "POST",
      path: "/v1/mails/wishes",
      tag: "mails",
      summary: "Say whether one wants mails, by the secret in one of them",
      description:
        "What follows # in the mail's link. Without `stop` it only says what is so: `none` is stopped, those of this `tenant`, or `all` of this installation. It is for people without an account.",
      access: "open",
      body: MailWish,
      answer: MailWishes,
      problems,
    }, async ({ body, c }) => {
      const address = clientAddress(c, config, runtime);
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
      summary: "Say no to the mails of a tenant with one press, from the reader's program",
      description: "For programs that read mail: List-Unsubscribe-Post, RFC 8058. The body does not matter.",
      access: "open",
      params: { token },
      takesForeignOrigin: true,
      problems,
    }, async ({ params, c }) => {
      const address = clientAddress(c, config, runtime);
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
        summary: "Go to the page where one says no; changes nothing",
        access: "open",
        params: { token },
        isPage: true,
      },
      async ({ params, c }) => c.redirect(`${await requestOrigin(c, service)}/stop#${params.token}`, 303),
    ),
  ];
}
