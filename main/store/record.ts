export interface PreparedBlob {
  /** SHA-256 of the raw bytes, 32 octets. */
  readonly hash: Uint8Array;
  /** Raw length in octets. */
  readonly raw: number;
  /** Length of the whole record in octets. */
  readonly stored: number;
  /** The whole record, or the file of the spool folder that holds it. */
  readonly record: Uint8Array | string;
}
