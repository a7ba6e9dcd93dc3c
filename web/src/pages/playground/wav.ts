const HEADER_BYTES = 44;

/** A sound as WAV: as it is if it is one, else decoded by the browser and written as 16-bit PCM with one channel. */
export async function asWav(file: Blob): Promise<Blob> {
  const bytes = await file.arrayBuffer();
  if (isWav(new Uint8Array(bytes))) return new Blob([bytes], { type: "audio/wav" });
  const context = new AudioContext();
  try {
    const decoded = await context.decodeAudioData(bytes);
    return new Blob([writeWav(mixed(decoded), decoded.sampleRate)], { type: "audio/wav" });
  } finally {
    await context.close();
  }
}

const isWav = (bytes: Uint8Array) =>
  new TextDecoder().decode(bytes.subarray(0, 4)) === "RIFF" &&
  new TextDecoder().decode(bytes.subarray(8, 12)) === "WAVE";

function mixed(buffer: AudioBuffer): Float32Array {
  const mix = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    const data = buffer.getChannelData(channel);
    for (let i = 0; i < mix.length; i += 1) mix[i] = (mix[i] ?? 0) + (data[i] ?? 0) / buffer.numberOfChannels;
  }
  return mix;
}

/** Samples from -1 to 1 as a WAV file. */
export function writeWav(samples: Float32Array, sampleRate: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + samples.length * 2));
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i += 1) view.setUint8(at + i, value.charCodeAt(i));
  };
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  for (const [i, sample] of samples.entries()) {
    view.setInt16(HEADER_BYTES + i * 2, Math.max(-1, Math.min(1, sample)) * 32_767, true);
  }
  return view.buffer;
}
