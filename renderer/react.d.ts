import 'react';

declare module 'react' {
  interface CSSProperties {
    /** Depth of a line in a tree. */
    '--level'?: number;
    '--columns'?: string;
  }
}
