import type { ReactNode } from 'react';

/** Postroom's mark: a pigeon-hole with a letter in it. */
export function BrandMark({ size = 18 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="#2b55c4" />
      <path d="M5 9.2 12 5l7 4.2V18a1.4 1.4 0 0 1-1.4 1.4H6.4A1.4 1.4 0 0 1 5 18Z" fill="#ffffff" />
      <path
        d="m6.6 10.6 5.4 3.6 5.4-3.6"
        fill="none"
        stroke="#2b55c4"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
