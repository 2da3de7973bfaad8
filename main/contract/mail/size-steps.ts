/** Lower ends of the groups of a list by size, octets. Apart from the shapes so that threads load no validator. */
export const SIZE_STEPS = [0, 10 * 1024, 100 * 1024, 1024 * 1024, 10 * 1024 * 1024] as const;
