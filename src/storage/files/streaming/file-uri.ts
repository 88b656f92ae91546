const LEGAL = /[A-Za-z0-9_\-!.~'()*,;:$&+=@/]/;

/** An absolute path as Spark's logs write it: a `file:` URI in which what is not legal in a path is escaped, while letters
 * beyond ASCII stay. Spark: `SparkPath.urlEncoded`, `Path.toUri`. */
export function fileUri(path: string): string {
  let out = 'file://';
  for (const c of path) {
    const code = c.codePointAt(0) as number;
    out += code > 0x7f || LEGAL.test(c) ? c : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** The path that a `file:` URI of a log names. */
export function uriPath(uri: string): string {
  const path = uri.startsWith('file:') ? uri.slice(5).replace(/^\/\/[^/]*(?=\/)/, '') : uri;
  return path.replace(/(?:%[0-9a-fA-F]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
