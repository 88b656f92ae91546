/** A piece of a text: number, string, name, operator, quoted name, or its end. */
export type Token = { readonly t: 'num' | 'str' | 'id' | 'op' | 'qid' | 'end'; readonly v: string };

/** The pieces of an expression's text. */
export function tokenize(sql: string): Token[] {
  const out: Token[] = [];
  const re =
    /\s+|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?:BD|[LSYDF])?|\.\d+(?:[eE][+-]?\d+)?(?:BD|[DF])?)|('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")|`([^`]*)`|([A-Za-z_][A-Za-z_0-9]*)|(<=>|<>|!=|==|>>>|>>|<<|<=|>=|->|\|\||::|[-+*/%()<>=,.[\]&|^~!:])/giy;
  while (re.lastIndex < sql.length) {
    const m = re.exec(sql);
    if (!m) throw new Error(`cannot read: ${sql}`);
    if (m[1] !== undefined) out.push({ t: 'num', v: m[1] });
    else if (m[2] !== undefined)
      out.push({
        t: 'str',
        v: unquote(m[2].startsWith("'") ? m[2].slice(1, -1).replace(/''/g, '') : m[2].slice(1, -1)),
      });
    else if (m[3] !== undefined) out.push({ t: 'qid', v: m[3] });
    else if (m[4] !== undefined) out.push({ t: 'id', v: m[4] });
    else if (m[5] !== undefined) out.push({ t: 'op', v: m[5] });
  }
  out.push({ t: 'end', v: '' });
  return out;
}
const unquote = (s: string): string =>
  s.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, c: string) => {
    if (c.length === 5) return String.fromCharCode(Number.parseInt(c.slice(1), 16));
    return c === 'n'
      ? '\n'
      : c === 't'
        ? '\t'
        : c === 'r'
          ? '\r'
          : c === '0'
            ? '\0'
            : c === '%' || c === '_'
              ? `\\${c}`
              : c;
  });
