import type { ReactNode } from 'react';

export function SampleBar(): ReactNode {
  return null;
}
