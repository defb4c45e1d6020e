/** Default ports of mail servers by URL scheme. Source: RFC 6409 §3.1, RFC 8314 §7.3. */
export const MAIL_PORTS: Readonly<Record<string, number>> = { "smtp:": 587, "smtps:": 465 };
