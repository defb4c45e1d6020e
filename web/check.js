// deno-lint-ignore-file no-var no-window no-window-prefix
/*
 * Runs first, in any browser: plain ECMAScript 5. Shows a message if the browser is older than the pages
 * support (docs/running.md, "Browsers"); main.tsx then starts nothing.
 */
(function () {
  var root = document.documentElement;
  function has(object, name) {
    return !!object && name in object;
  }
  function matches(query) {
    return !!window.matchMedia && window.matchMedia(query).media !== "not all" &&
      window.matchMedia(query).matches;
  }
  var isNewEnough = typeof Promise === "function" && typeof WebSocket === "function" &&
    typeof ResizeObserver === "function" && typeof IntersectionObserver === "function" &&
    typeof AbortSignal === "function" && has(AbortSignal, "timeout") &&
    typeof structuredClone === "function" &&
    has(window.crypto, "getRandomValues") &&
    has(Array.prototype, "toSorted") && has(Object, "hasOwn") && has(String.prototype, "replaceAll") &&
    has(window.HTMLDialogElement && HTMLDialogElement.prototype, "showModal") &&
    has(HTMLElement.prototype, "inert") && has(HTMLElement.prototype, "popover") &&
    matches("(width >= 1px)") && has(window.CSS, "supports") && CSS.supports("container-type", "size") &&
    CSS.supports("height", "1dvh");
  if (isNewEnough) return;
  root.setAttribute("data-unsupported", "");

  var texts = {
    de: {
      title: "Ihr Browser ist zu alt für diese Seite.",
      text:
        "Bitte aktualisieren Sie ihn, oder öffnen Sie die Adresse in einem anderen: Chrome, Edge oder ein anderer auf" +
        " Chromium ab Version 114, Firefox ab 128, Safari ab 17 (iPhone und iPad ab iOS 17).",
    },
    en: {
      title: "Your browser is too old for this page.",
      text:
        "Please update it, or open the address in another one: Chrome, Edge or another one based on Chromium from version" +
        " 114, Firefox from 128, Safari from 17 (iPhone and iPad from iOS 17).",
    },
  };
  function element(name, text, parent) {
    var made = document.createElement(name);
    made.appendChild(document.createTextNode(text));
    parent.appendChild(made);
    return made;
  }
  function show() {
    var first = /^de/i.test(navigator.language || "") ? "de" : "en";
    var main = document.createElement("main");
    main.style.cssText = "max-width:34em;margin:15vh auto 0;padding:0 1.5em;font:1.0625em/1.5 sans-serif";
    [first, first === "de" ? "en" : "de"].forEach(function (language) {
      var part = document.createElement("section");
      part.lang = language;
      element("h1", texts[language].title, part).style.fontSize = "1.4em";
      element("p", texts[language].text, part);
      main.appendChild(part);
    });
    document.title = "Tafelrunde";
    document.body.innerHTML = "";
    document.body.appendChild(main);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
  else show();
})();
