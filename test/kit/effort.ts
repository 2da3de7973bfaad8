/**
 * What a computation costs, by the processor's time of this process and not by the clock: on a machine that others use a
 * second of work may take ten.
 */

/** Begins to measure; the function returned gives the milliseconds of processor time since then. */
export function effort(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}
