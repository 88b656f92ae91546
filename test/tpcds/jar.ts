import { findJar, Jar } from '../conformance/jar.js';

/** The query texts in Spark's tests jar (given, or found as the conformance runner finds it) by name: `tpcds/q1`,
 * `tpcds-v2.7.0/q5a`. @throws TypeError if there is no jar */
export function queryTexts(given?: string): Map<string, string> {
  const path = given ?? findJar();
  if (path === undefined) throw new TypeError("Spark's tests jar was not found; name it with --jar");
  const jar = new Jar(path);
  try {
    const names = jar.names.filter((name) => /^tpcds(-v2\.7\.0)?\/[^/]+\.sql$/.test(name));
    return new Map(names.map((name) => [name.replace(/\.sql$/, ''), jar.text(name).replace(/;\s*$/, '')]));
  } finally {
    jar.close();
  }
}
