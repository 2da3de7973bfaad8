/**
 * Updates. None are looked for: no place to look is configured, and an office decides itself when its programs change.
 * A build that is published somewhere brings its place with it and replaces this file's answer.
 */
export type UpdateState = { readonly state: 'not-configured' };

export function updateState(): UpdateState {
  return { state: 'not-configured' };
}
