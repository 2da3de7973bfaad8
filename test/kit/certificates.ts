/** The certificates of test/fixtures/net: who signed them is in their names. */
import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../fixtures/net/${name}`, import.meta.url), 'utf8');

export interface ServerCertificate {
  key: string;
  cert: string;
}
const pair = (name: string): ServerCertificate => ({ key: read(`${name}.key`), cert: read(`${name}.crt`) });

export const certificates = {
  /** Self-signed, for localhost and 127.0.0.1. */
  localhost: pair('localhost'),
  /** Another self-signed one for the same names: what a changed server shows. */
  renewed: pair('renewed'),
  /** Signed by `authority` for localhost and 127.0.0.1. */
  office: pair('office'),
  /** Signed by `authority` for another name. */
  elsewhere: pair('elsewhere'),
  /** Signed by `oldAuthority`, ended in 2021. */
  expired: pair('expired'),
  /** For localhost, signed by the authority an antivirus program installs. */
  intercepted: pair('intercepted'),
  authority: read('ca.crt'),
  oldAuthority: read('old-ca.crt'),
};
