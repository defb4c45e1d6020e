/**
 * Polyfills for the oldest supported browsers; imported first. web/check.js lists those browsers and runs
 * before this.
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
