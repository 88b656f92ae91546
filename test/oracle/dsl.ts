import { type Column, type DataFrame, functions as F, type SparkSession } from '../../src/index.js';

/** A DataFrame definition of the recorded cases; README.md has the format. */
export type Definition =
  | string
  | Source
  | { let?: Record<string, Definition>; from: string | Source; ops?: readonly Op[] };
export interface Source {
  ref?: string;
  sql?: string;
  range?: readonly number[];
  read?: string | readonly string[];
  schema?: string;
  format?: string;
  options?: Record<string, string>;
}
export type Op = readonly [name: string, ...args: unknown[]];

const SORT = /^(.*?)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?$/is;

function sortColumn(text: string): Column {
  const [, expr = '', direction = 'asc', nulls] = SORT.exec(text.trim()) ?? [];
  const c = F.expr(expr);
  if (direction.toLowerCase() === 'asc') return nulls?.toLowerCase() === 'last' ? c.ascNullsLast() : c.asc();
  return nulls?.toLowerCase() === 'first' ? c.descNullsFirst() : c.desc();
}

/** Builds fresh DataFrames from definitions in one session. */
export class Builder {
  constructor(
    readonly session: SparkSession,
    readonly paths: Readonly<Record<string, string>>,
    readonly refs: Readonly<Record<string, DataFrame>> = {},
  ) {}

  substitute(text: string): string {
    let out = text;
    for (const [k, v] of Object.entries(this.paths)) out = out.replaceAll(`{${k}}`, v);
    return out;
  }

  private source(src: string | Source, refs: Readonly<Record<string, DataFrame>>): DataFrame {
    const s = this.session;
    if (typeof src === 'string') return s.table(src);
    if (src.ref !== undefined) return refs[src.ref] as DataFrame;
    if (src.sql !== undefined) return s.sql(this.substitute(src.sql));
    if (src.range !== undefined) {
      const [a, b, c, d] = src.range;
      return s.range(a as number, b, c, d);
    }
    if (src.read !== undefined) {
      let reader = s.read;
      if (src.schema !== undefined) reader = reader.schema(src.schema);
      const paths = (Array.isArray(src.read) ? src.read : [src.read]) as string[];
      const loaded = reader.options(src.options ?? {}).format(src.format ?? 'parquet');
      return loaded.load(...paths.map((p) => this.substitute(p)));
    }
    throw new TypeError(`unknown source ${JSON.stringify(src)}`);
  }

  build(d: Definition, outer: Readonly<Record<string, DataFrame>> = this.refs): DataFrame {
    if (typeof d === 'string') return this.source(d, outer);
    if (!('from' in d)) return this.source(d, outer);
    const refs = { ...outer };
    for (const [name, inner] of Object.entries(d.let ?? {})) refs[name] = this.build(inner, refs);
    let df = this.source(d.from, refs);
    for (const [op, ...args] of d.ops ?? []) df = this.apply(df, op, args, refs);
    return df;
  }

  private apply(
    df: DataFrame,
    op: string,
    a: readonly unknown[],
    refs: Readonly<Record<string, DataFrame>>,
  ): DataFrame {
    const text = a as string[];
    const sub = (x: unknown) => this.build(x as Definition, refs);
    const exprs = (list: unknown) => (list as string[]).map((e) => F.expr(e));
    switch (op) {
      case 'select':
        return df.selectExpr(...text);
      case 'filter':
      case 'where':
        return df.filter(text[0] as string);
      case 'withColumn':
        return df.withColumn(text[0] as string, F.expr(text[1] as string));
      case 'withColumns':
        return df.withColumns(
          Object.fromEntries(Object.entries(a[0] as Record<string, string>).map(([k, v]) => [k, F.expr(v)])),
        );
      case 'withColumnRenamed':
        return df.withColumnRenamed(text[0] as string, text[1] as string);
      case 'drop':
        return df.drop(...text);
      case 'toDF':
        return df.toDF(...text);
      case 'groupBy':
      case 'rollup':
      case 'cube':
        return df[op](...exprs(a[0])).agg(...exprs(a[1]));
      case 'groupByPivot':
        return df
          .groupBy(...exprs(a[0]))
          .pivot(a[1] as string, a[2] as string[])
          .agg(...exprs(a[3]));
      case 'join': {
        const [other, on, how = 'inner'] = a as [unknown, string | string[] | null, string?];
        if (on === null) return df.join(sub(other), undefined, how);
        return df.join(sub(other), typeof on === 'string' ? F.expr(on) : on, how);
      }
      case 'crossJoin':
        return df.crossJoin(sub(a[0]));
      case 'orderBy':
        return df.orderBy(...text.map(sortColumn));
      case 'sortWithinPartitions':
        return df.sortWithinPartitions(...text.map(sortColumn));
      case 'limit':
      case 'offset':
      case 'coalesce':
        return df[op](a[0] as number);
      case 'distinct':
        return df.distinct();
      case 'dropDuplicates':
        return a.length > 0 ? df.dropDuplicates(a[0] as string[]) : df.dropDuplicates();
      case 'union':
      case 'unionAll':
      case 'intersect':
      case 'intersectAll':
      case 'exceptAll':
        return df[op](sub(a[0]));
      case 'unionByName':
        return df.unionByName(sub(a[0]), Boolean(a[1]));
      case 'except':
        return df.subtract(sub(a[0]));
      case 'alias':
        return df.alias(text[0] as string);
      case 'hint':
        return df.hint(...(text as [string]));
      case 'repartition':
        return df.repartition(a[0] as number, ...exprs(a.slice(1)));
      case 'repartitionByRange':
        return df.repartitionByRange(a[0] as number, ...exprs(a.slice(1)));
      case 'sample':
        return df.sample(Boolean(a[0]), a[1] as number, a[2] as number);
      case 'na.fill':
        return df.na.fill(a[0] as never, a[1] as string[] | undefined);
      case 'na.drop':
        return df.na.drop(a[0] as 'any' | 'all', a[1] as string[] | undefined);
      case 'na.replace':
        return df.na.replace(a[0] as never, a[1] as never, a[2] as string[] | undefined);
      default:
        throw new TypeError(`unknown op ${op}`);
    }
  }
}
