/** Thunderbird's prefs.js: lines of `user_pref("name", value);`, the value a JavaScript string, number or boolean. */

export type Prefs = ReadonlyMap<string, string | number | boolean>;

const LINE =
  /^\s*user_pref\(\s*"((?:[^"\\]|\\.)*)"\s*,\s*(?:"((?:[^"\\]|\\.)*)"|(true|false)|(-?\d+))\s*\)\s*;/;

const plainText = (text: string): string =>
  text.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g,
    (_, long: string, short: string, one: string) => {
      if (long ?? short) return String.fromCharCode(Number.parseInt(long ?? short, 16));
      return one === 'n' ? '\n' : one === 'r' ? '\r' : one === 't' ? '\t' : one;
    },
  );

export function readPrefs(text: string): Prefs {
  const prefs = new Map<string, string | number | boolean>();
  for (const line of text.split('\n')) {
    const found = LINE.exec(line);
    if (!found) continue;
    const [, name = '', string, boolean, number] = found;
    if (string !== undefined) prefs.set(plainText(name), plainText(string));
    else if (boolean !== undefined) prefs.set(plainText(name), boolean === 'true');
    else prefs.set(plainText(name), Number(number));
  }
  return prefs;
}

export const prefText = (prefs: Prefs, name: string): string => {
  const value = prefs.get(name);
  return typeof value === 'string' ? value : '';
};
