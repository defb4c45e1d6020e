/** What a test's camera films and its microphone hears: files that Chromium plays in place of devices. */

/** A colour, 0 to 255 each. */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** A camera's colour and a microphone's tone that identify a person. */
export interface Likeness {
  readonly colour: Colour;
  /** Frequency of the tone, Hz. */
  readonly toneHz: number;
}

/** Pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Three clearly distinct people. The tones share no harmonics below 5 kHz. */
export const LIKENESSES = {
  Anna: { colour: { red: 190, green: 50, blue: 50 }, toneHz: 440 },
  Ben: { colour: { red: 40, green: 160, blue: 60 }, toneHz: 700 },
  Cem: { colour: { red: 50, green: 70, blue: 200 }, toneHz: 1150 },
} as const satisfies Record<string, Likeness>;

const SAMPLE_RATE_HZ = 48_000;
/** A beep and a pause: the browser's noise suppression would treat a continuous tone as noise. */
const BEEP_S = 0.3;
const PAUSE_S = 0.3;
const AMPLITUDE = 0.4;

/** Default camera picture; small, because every picture of a test is encoded and decoded on one machine. */
export const PICTURE_SIZE: PictureSize = { width: 320, height: 180 };
/** Of all that is captured, screens and Chromium's own pattern too. */
export const FRAMES_PER_SECOND = 10;
const FRAMES = 10;

/** A WAV file (RIFF, PCM, 16 bit, mono) with one beep and one pause; Chromium repeats it. */
export function makeTone(toneHz: number): Uint8Array {
  const samples = new Int16Array(Math.round((BEEP_S + PAUSE_S) * SAMPLE_RATE_HZ));
  const beepLength = Math.round(BEEP_S * SAMPLE_RATE_HZ);
  for (let at = 0; at < beepLength; at++) {
    const envelope = Math.sin((Math.PI * at) / beepLength) ** 0.5;
    samples[at] = Math.round(
      32767 * AMPLITUDE * envelope * Math.sin((2 * Math.PI * toneHz * at) / SAMPLE_RATE_HZ),
    );
  }
  const header = new DataView(new ArrayBuffer(44));
  const text = (at: number, word: string) =>
    [...word].forEach((letter, n) => header.setUint8(at + n, letter.charCodeAt(0)));
  text(0, "RIFF");
  header.setUint32(4, 36 + samples.byteLength, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, SAMPLE_RATE_HZ, true);
  header.setUint32(28, SAMPLE_RATE_HZ * 2, true);
  header.setUint16(32, 2, true);
  header.setUint16(34, 16, true);
  text(36, "data");
  header.setUint32(40, samples.byteLength, true);
  return joinBytes([new Uint8Array(header.buffer), new Uint8Array(samples.buffer)]);
}

/**
 * A YUV4MPEG2 file of one second: the colour, and a bar that moves along its lower edge; Chromium repeats it.
 */
export function makePicture(colour: Colour, { width, height } = PICTURE_SIZE): Uint8Array {
  const { luma, blueness, redness } = toYuv(colour);
  const parts: Uint8Array[] = [
    ascii(`YUV4MPEG2 W${width} H${height} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`),
  ];
  for (let frame = 0; frame < FRAMES; frame++) {
    const brightness = new Uint8Array(width * height).fill(luma);
    const from = Math.round(((width - 60) * frame) / FRAMES);
    for (let row = height - 40; row < height - 10; row++) {
      brightness.fill(230, row * width + from, row * width + from + 60);
    }
    const quarter = (width / 2) * (height / 2);
    parts.push(
      ascii("FRAME\n"),
      brightness,
      new Uint8Array(quarter).fill(blueness),
      new Uint8Array(quarter).fill(redness),
    );
  }
  return joinBytes(parts);
}

/** Source: ITU-R BT.601-7 §2.5, limited range, which Chromium assumes for Y4M files. */
function toYuv({ red, green, blue }: Colour): { luma: number; blueness: number; redness: number } {
  const level = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  return {
    luma: Math.round(16 + 219 * level),
    blueness: Math.round(128 + (224 * (blue / 255 - level)) / 1.772),
    redness: Math.round(128 + (224 * (red / 255 - level)) / 1.402),
  };
}

const ascii = (text: string) => new TextEncoder().encode(text);

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
