/** When to try a server again (C32): 2 s, 4 s .. 5 min, with jitter so that an office does not knock at once. */
const FIRST_MS = 2000;
const LAST_MS = 300_000;

/** ms before try number `failures` + 1; `random` in [0, 1). */
export function backoff(failures: number, random: number): number {
  const plain = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return Math.round(plain * (0.8 + 0.4 * random));
}
