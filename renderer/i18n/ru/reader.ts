import type { reader as en } from '../en/reader.ts';

export const reader: typeof en = {};
