/**
 * `node scripts/sounds.ts`: makes the sounds of a new letter, renderer/sounds/NAME.wav (PCM, 16 bits, mono). Tones that fade,
 * no recording of anything. The results are kept in the tree; run it again when a sound changes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './toolchain/run.ts';

/** Samples a second: enough for tones below 4 kHz. */
const RATE = 22_050;

interface Tone {
  /** Seconds from the beginning. */
  readonly at: number;
  /** Hz; where it glides to, if it does. */
  readonly hertz: number;
  readonly to?: number;
  /** Seconds until it has nearly gone. */
  readonly fades: number;
  /** 0 to 1. */
  readonly loud: number;
  /** Loudness of overtones, from the second on. */
  readonly overtones?: readonly number[];
}

const SOUNDS: Readonly<Record<string, { seconds: number; tones: readonly Tone[] }>> = {
  chime: {
    seconds: 0.9,
    tones: [
      { at: 0, hertz: 880, fades: 0.5, loud: 0.35, overtones: [0.25, 0.1] },
      { at: 0.13, hertz: 1318.5, fades: 0.6, loud: 0.3, overtones: [0.2, 0.08] },
    ],
  },
  knock: {
    seconds: 0.4,
    tones: [
      { at: 0, hertz: 220, to: 140, fades: 0.07, loud: 0.7, overtones: [0.5, 0.3, 0.2] },
      { at: 0.16, hertz: 200, to: 130, fades: 0.07, loud: 0.6, overtones: [0.5, 0.3, 0.2] },
    ],
  },
  drop: {
    seconds: 0.35,
    tones: [{ at: 0, hertz: 480, to: 1150, fades: 0.16, loud: 0.5, overtones: [0.12] }],
  },
};

/** Seconds in which a tone begins, so that it does not click. */
const ATTACK = 0.004;

function sampleOf({ at, hertz, to = hertz, fades, loud, overtones = [] }: Tone, time: number): number {
  const since = time - at;
  if (since < 0) return 0;
  const share = Math.min(1, since / fades);
  // The phase of a glide is the integral of its frequency.
  const phase =
    2 *
    Math.PI *
    (hertz * since +
      ((to - hertz) * share * Math.min(since, fades)) / 2 +
      (to - hertz) * Math.max(0, since - fades));
  const wave = overtones.reduce((sum, part, n) => sum + part * Math.sin((n + 2) * phase), Math.sin(phase));
  return loud * wave * Math.min(1, since / ATTACK) * Math.exp((-4 * since) / fades);
}

/** A RIFF file of one channel. */
export function wav(samples: readonly number[], rate = RATE): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.length * 2, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length * 2, 40);
  const body = Buffer.alloc(samples.length * 2);
  for (const [n, sample] of samples.entries())
    body.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), n * 2);
  return Buffer.concat([head, body]);
}

export function soundOf(name: string): Buffer {
  const sound = SOUNDS[name];
  if (!sound) throw new Error(`there is no sound ${name}`);
  const { seconds, tones } = sound;
  const samples = Array.from({ length: Math.round(seconds * RATE) }, (_, n) =>
    tones.reduce((sum, tone) => sum + sampleOf(tone, n / RATE), 0),
  );
  return wav(samples);
}

export const SOUND_NAMES = Object.keys(SOUNDS);

if (import.meta.main) {
  const folder = join(root, 'renderer', 'sounds');
  mkdirSync(folder, { recursive: true });
  for (const name of SOUND_NAMES) writeFileSync(join(folder, `${name}.wav`), soundOf(name));
}
