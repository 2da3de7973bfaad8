/**
 * SASLprep for both halves of SASL: the part of RFC 4013 that changes real names and passwords (other spaces,
 * invisible marks, NFKC). Client and server must agree to the octet, so there is one function.
 */
export function saslPrep(text: string): string {
  return text
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ')
    .replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g, '')
    .normalize('NFKC');
}
