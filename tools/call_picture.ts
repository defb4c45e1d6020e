/**
 * Makes docs/images/call.png: the product as `npm start` runs it, and three participants in a call, each in a
 * browser with a drawn picture in place of a camera. `deno run -A tools/call_picture.ts`.
 */
import { type Browser, chromium } from "playwright-core";
import { Person } from "../tests/browser_rig.ts";
import { LIKENESSES, makeTone } from "../tests/media_rig.ts";
import { Product } from "../tests/product_rig.ts";
import { ROOT } from "./places.ts";
import { serveGallery } from "./gallery_server.ts";
import { findChromium } from "./setup/for_tests.ts";

/**
 * The participants; the numbers are portraits of web/gallery/portrait.ts. The last one's screen is captured.
 */
const PEOPLE = [
  { name: "Anna Lindqvist", portrait: 2 },
  { name: "Cem Aydın", portrait: 7 },
  { name: "Miriam Schönfeld", portrait: 0 },
] as const;

const SCREEN = { width: 1440, height: 900 };

/** Frames per second of the drawn cameras: few, so that encoding is cheap and the picture is soon sharp. */
const FRAMES_PER_SECOND = 5;

/** Time for the encoders to reach a sharp picture, ms. */
const SHARPEN_MS = 12_000;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-component-update",
];

/**
 * Draws a portrait in the page and returns one I420 frame as base64. Source: ITU-R BT.601-7 §2.5, limited
 * range.
 */
async function drawFrame(portrait: number): Promise<string> {
  const { portraitTrack } = await import(`${location.origin}/assets/portrait.js`);
  const video = document.createElement("video");
  video.srcObject = new MediaStream([portraitTrack(portrait)]);
  video.muted = true;
  await video.play();
  const { videoWidth: width, videoHeight: height } = video;
  const drawing = new OffscreenCanvas(width, height).getContext("2d")!;
  drawing.drawImage(video, 0, 0);
  const { data } = drawing.getImageData(0, 0, width, height);
  const frame = new Uint8Array(width * height * 3 / 2);
  const [blue, red] = [width * height, width * height * 5 / 4];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const [r, g, b] = [data[at]! / 255, data[at + 1]! / 255, data[at + 2]! / 255];
      const level = 0.299 * r + 0.587 * g + 0.114 * b;
      frame[y * width + x] = Math.round(16 + 219 * level);
      if (x % 2 !== 0 || y % 2 !== 0) continue;
      const quarter = (y / 2) * (width / 2) + x / 2;
      frame[blue + quarter] = Math.round(128 + 224 * (b - level) / 1.772);
      frame[red + quarter] = Math.round(128 + 224 * (r - level) / 1.402);
    }
  }
  let text = "";
  for (let at = 0; at < frame.length; at += 8192) {
    text += String.fromCharCode(...frame.subarray(at, at + 8192));
  }
  return btoa(text);
}

/** Writes a YUV4MPEG2 film of each portrait, two identical frames, into `folder`. */
async function drawFilms(folder: string): Promise<void> {
  await using server = await serveGallery();
  await using browser = disposable(await launch([]));
  const page = await browser.it.newPage();
  await page.goto(`${server.address}gallery/gallery.html`);
  for (const { portrait } of PEOPLE) {
    const frame = Uint8Array.from(
      atob(await page.evaluate(drawFrame, portrait)),
      (char) => char.charCodeAt(0),
    );
    const parts = [
      `YUV4MPEG2 W1280 H720 F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`,
      "FRAME\n",
      frame,
      "FRAME\n",
      frame,
    ];
    await Deno.writeFile(`${folder}/${portrait}.y4m`, new Uint8Array(await new Blob(parts).arrayBuffer()));
  }
}

async function launch(flags: readonly string[]): Promise<Browser> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error("no Chromium: CHROMIUM_BIN names one");
  return await chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
}

const disposable = (it: Browser) => ({ it, [Symbol.asyncDispose]: () => it.close() });

async function takePicture(folder: string, target: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const product = stack.use(await Product.start());
  await Deno.writeFile(`${folder}/tone.wav`, makeTone(LIKENESSES.Anna.toneHz));
  const people: Person[] = [];
  for (const { name, portrait } of PEOPLE) {
    const browser = stack.use(disposable(
      await launch([
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${folder}/${portrait}.y4m`,
        `--use-file-for-fake-audio-capture=${folder}/tone.wav`,
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
      ]),
    ));
    const context = await browser.it.newContext({ locale: "en", viewport: SCREEN, reducedMotion: "reduce" });
    people.push(stack.use(await Person.sitDown(context, name)));
  }
  const [anna, cem, miriam] = people as [Person, Person, Person];
  await anna.page.goto(product.origin);
  await anna.page.getByRole("textbox", { name: "Meeting name" }).fill("Budget 2027");
  await anna.press("Create meeting");
  await anna.button("Join meeting").waitFor();
  const link = anna.page.url();
  await anna.join();
  await cem.join(link);
  await cem.press("Mute microphone");
  await miriam.join(link);
  await miriam.press("Mute microphone");
  for (const person of people) await person.opens("Chat");
  await anna.says("Good morning! The figures are on page 12.");
  await miriam.reads("Good morning! The figures are on page 12.");
  await miriam.says("Thank you, Anna. Shall we begin with the schools?");
  await cem.reads("Thank you, Anna. Shall we begin with the schools?");
  await cem.says("Yes, please.");
  await cem.press("Raise hand");
  await miriam.reads("Yes, please.");
  for (const { name } of PEOPLE) await miriam.sees(name);
  // The notice of the raised hand disappears by itself; the picture is sharp by then.
  await new Promise((resolve) => setTimeout(resolve, SHARPEN_MS));
  await miriam.page.mouse.move(1, 1);
  await miriam.page.locator("[role=group][data-speaking]").first().waitFor();
  await miriam.page.screenshot({ path: target });
}

const folder = await Deno.makeTempDir({ prefix: "tafelrunde-picture-" });
try {
  await drawFilms(folder);
  await Deno.mkdir(`${ROOT}/docs/images`, { recursive: true });
  await takePicture(folder, `${ROOT}/docs/images/call.png`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
