/** Whether `text` looks like an address of e-mail: what the server will say to it is another matter. */
export function looksLikeEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  const dot = text.lastIndexOf(".");
  return at > 0 && dot > at + 1 && dot < text.length - 1 && !/[\s<>,;]/.test(text);
}
