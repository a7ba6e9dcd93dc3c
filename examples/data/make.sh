#!/bin/sh
# Makes speech.wav and text-line.png again. Needs espeak-ng, sox, and the project's packages (npm ci).
# speech.wav: 16 kHz, mono, 16 bit; half a second of silence, speech, silence.
set -eu
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
espeak-ng -v en-us -s 150 -w "$folder/said.wav" "Sirve is listening. This is a test of voice activity."
sox -R "$folder/said.wav" -r 16000 -c 1 -b 16 -D speech.wav pad 0.6 0.8
node --input-type=module - <<'JS'
import sharp from "sharp";
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="334" height="48">
  <rect width="100%" height="100%" fill="white"/>
  <text x="5" y="34" font-family="DejaVu Sans, sans-serif" font-size="28" fill="#202020">Models answer in 2026</text>
</svg>`;
await sharp(Buffer.from(svg)).png().toFile("text-line.png");
JS
