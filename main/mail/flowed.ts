/**
 * format=flowed (RFC 3676). Reading joins lines of one paragraph, in quotes too; writing wraps at 72 so that
 * any reader can join them again. Line ends are '\n'.
 */

function quoteDepth(line: string): number {
  let depth = 0;
  while (line.charCodeAt(depth) === 0x3e) depth++;
  return depth;
}

/**
 * Unwraps flowed text (section 4). Quoted lines come out as `> ` marks before each paragraph.
 * @param delSp true when the space before the soft break is deleted (DelSp=yes, section 4.3)
 */
export function unflow(text: string, delSp: boolean): string {
  const out: string[] = [];
  let held: string[] = [];
  let heldDepth = -1;
  const flush = () => {
    if (heldDepth >= 0) out.push((heldDepth > 0 ? `${'>'.repeat(heldDepth)} ` : '') + held.join(''));
    held = [];
    heldDepth = -1;
  };
  for (const line of text.split('\n')) {
    const depth = quoteDepth(line);
    let body = depth > 0 ? line.slice(depth) : line;
    // Section 4.4: one leading space was stuffed.
    if (body.startsWith(' ')) body = body.slice(1);
    const signature = body === '-- ';
    // Section 4.5: a change of depth ends the paragraph, whatever the sender's last line promised.
    if (heldDepth >= 0 && (depth !== heldDepth || signature)) flush();
    if (signature || !body.endsWith(' ')) {
      held.push(body);
      if (heldDepth < 0) heldDepth = depth;
      flush();
    } else {
      held.push(delSp ? body.slice(0, -1) : body);
      heldDepth = depth;
    }
  }
  flush();
  return out.join('\n');
}

const WIDTH = 72;

function wrap(prefix: string, body: string, out: string[]): void {
  let rest = body.replace(/ +$/, '');
  const width = Math.max(20, WIDTH - prefix.length);
  while (rest.length > width) {
    let at = rest.lastIndexOf(' ', width - 1);
    if (at <= 0) at = rest.indexOf(' ', width);
    if (at < 0) break;
    // The break goes after all blanks, so that none starts the next line and gets lost.
    let next = at + 1;
    while (rest.charAt(next) === ' ') next++;
    if (next >= rest.length) break;
    out.push(prefix + stuff(rest.slice(0, next), prefix));
    rest = rest.slice(next);
  }
  out.push(prefix + stuff(rest, prefix));
}

/** Section 4.4: lines that start with a space, `>` or `From ` get a space before them. */
function stuff(line: string, prefix: string): string {
  return prefix === '' && /^(?: |>|From )/.test(line) ? ` ${line}` : line;
}

/** Wraps text as format=flowed without DelSp; lines that start with `>` are quotes. */
export function flow(text: string): string {
  const out: string[] = [];
  for (const line of text.split('\n')) {
    const depth = quoteDepth(line);
    if (line === '-- ') out.push(line);
    else if (depth > 0) wrap(`${'>'.repeat(depth)} `, line.slice(depth).replace(/^ /, ''), out);
    else wrap('', line, out);
  }
  return out.join('\n');
}
