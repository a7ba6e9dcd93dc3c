import { PlatformError } from "../base/index.ts";

/** A WAV file whose samples can be read piece by piece. */
export interface WavFile {
  readonly sampleRate: number;
  /** Samples of each channel. */
  readonly length: number;
  /**
   * Samples `start … end` as numbers from -1 to 1, the channels mixed to their mean, into `target`
   * at `start`.
   *
   * @throws PlatformError `invalid_argument` if one is no number.
   */
  read(target: Float32Array, start: number, end: number): void;
}

interface Format {
  readonly code: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const UNKNOWN_SIZE = 0xffffffff;

/**
 * Opens a RIFF/WAVE file: PCM of 8, 16, 24 or 32 bits, or float of 32 or 64, any number of channels.
 * A data chunk that says it is longer than the file (a recording that was cut off, or a stream)
 * ends with the file. Nothing is allocated for what a header claims.
 *
 * @throws PlatformError `invalid_argument` saying what is wrong with the file.
 * @see Microsoft, Multimedia Programming Interface and Data Specifications 1.0, "WAVE".
 */
export function openWav(bytes: Uint8Array): WavFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") {
    throw wrong("is no WAV file", firstBytes(bytes));
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [name, size] = [tag(view, at), view.getUint32(at + 4, true)];
    const start = at + 8;
    if (name === "fmt ") format = readFormat(view, start, size);
    if (name === "data") {
      if (!format) throw wrong("has its data before its format");
      const end = start + (size === UNKNOWN_SIZE ? bytes.length : size);
      return samplesOf(view, start, Math.min(end, bytes.length), format);
    }
    at = start + size + (size % 2); // Chunks are padded to an even length.
  }
  throw wrong(format ? "has no data chunk" : "has no format chunk");
}

function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16 || at + size > view.byteLength) {
    throw wrong("has a format chunk that is cut off", `${size} bytes`);
  }
  const code = view.getUint16(at, true);
  const format = {
    code: code === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  checkFormat(format, view.getUint16(at + 12, true));
  return format;
}

function checkFormat({ code, channels, sampleRate, bits }: Format, blockBytes: number): void {
  const isKnown = code === PCM ? [8, 16, 24, 32].includes(bits) : code === FLOAT && [32, 64].includes(bits);
  if (!isKnown) throw wrong("is coded in a way that is not read", `format ${code} of ${bits} bits`);
  if (channels < 1 || channels > 64) throw wrong("has a wrong number of channels", String(channels));
  if (sampleRate < 1000 || sampleRate > 768_000) {
    throw wrong("has a sample rate out of range", `${sampleRate} Hz`);
  }
  if (blockBytes !== (channels * bits) / 8) throw wrong("contradicts itself", `block of ${blockBytes} bytes`);
}

function samplesOf(view: DataView, start: number, end: number, format: Format): WavFile {
  const { code, channels, sampleRate, bits } = format;
  const bytes = bits / 8;
  const readOne = readerOf(code, bits);
  return {
    sampleRate,
    length: Math.floor(Math.max(0, end - start) / (bytes * channels)),
    read(target, from, to) {
      let at = start + from * bytes * channels;
      for (let i = from; i < to; i++) {
        let sum = 0;
        for (let channel = 0; channel < channels; channel++, at += bytes) sum += readOne(view, at);
        const value = sum / channels;
        if (!Number.isFinite(value)) throw wrong("has a sample that is no number", `sample ${i + 1}`);
        target[i] = value;
      }
    },
  };
}

type ReadSample = (view: DataView, at: number) => number;

function readerOf(code: number, bits: number): ReadSample {
  if (code === FLOAT) {
    return bits === 32 ? (view, at) => view.getFloat32(at, true) : (view, at) => view.getFloat64(at, true);
  }
  if (bits === 8) return (view, at) => (view.getUint8(at) - 128) / 128; // Eight bits are unsigned in WAV.
  if (bits === 16) return (view, at) => view.getInt16(at, true) / 32_768;
  if (bits === 24) {
    return (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / 8_388_608;
  }
  return (view, at) => view.getInt32(at, true) / 2_147_483_648;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}

function firstBytes(bytes: Uint8Array): string {
  return bytes.length === 0
    ? "nothing"
    : `${bytes.length} bytes starting ${Buffer.from(bytes.subarray(0, 8)).toString("hex")}`;
}

function wrong(problem: string, got?: string): PlatformError {
  const expected = "a WAV file: PCM of 8, 16, 24 or 32 bits or float, 1 to 64 channels";
  const shown = got === undefined ? "" : `: got ${got}`;
  return new PlatformError("invalid_argument", `the sound ${problem}${shown}, expected ${expected}`, {
    field: "sound",
    ...(got !== undefined && { got }),
    expected,
    hint: "Convert it with: ffmpeg -i INPUT -ar 16000 -ac 1 OUTPUT.wav",
  });
}
