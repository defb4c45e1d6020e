/**
 * What the oldest supported browsers lack of the language and is used here; imported ahead of all else. Which browsers those
 * are stands in web/check.js, which looks before this is loaded.
 */

// Chromium 119, Firefox 121, Safari 17.4.
Promise.withResolvers ??= function <T>() {
  let resolve!: PromiseWithResolvers<T>["resolve"];
  let reject!: PromiseWithResolvers<T>["reject"];
  const promise = new Promise<T>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
};
