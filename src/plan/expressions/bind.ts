import { internalError, placeOf, unsupported } from '../../errors/index.js';
import type { BoundAggregate, BoundExpr, BoundSortKey } from '../../eval/bound.js';
import { BOOLEAN, DOUBLE, INT } from '../../types/index.js';
import type { AggregateExpression } from './aggregate.js';
import { Arithmetic } from './arithmetic.js';
import { isDefaultOrder } from './array-order.js';
import { Cast } from './cast.js';
import { GetArrayItem, GetArrayStructFields, GetMapValue, GetStructField } from './complex.js';
import { CaseWhen, Coalesce, If } from './conditional.js';
import type { Expression } from './expression.js';
import { JavaScriptUdf, RuntimeReplaceable, ScalarCall } from './functions.js';
import { LambdaFunction, NamedLambdaVariable } from './lambda.js';
import { Literal } from './literal.js';
import { Alias, AttributeReference, type SortOrder } from './named.js';
import { And, Comparison, In, Not, NullCheck, Or } from './predicates.js';
import { ScalarSubquery } from './subquery.js';
import { VariableReference } from './variable.js';

/** Turns attributes into ordinals of `input` and expression objects into plain data that workers understand.
 * Spark: `BindReferences`. */
export class Binder {
  readonly #ordinals = new Map<number, number>();
  constructor(
    input: readonly AttributeReference[],
    /** Where a scalar subquery's value arrives, by the subquery's id; others are a bug by then. */
    readonly subqueryParameter?: (subquery: ScalarSubquery) => number,
  ) {
    input.forEach((a, i) => {
      if (!this.#ordinals.has(a.exprId)) this.#ordinals.set(a.exprId, i);
    });
  }

  bind(e: Expression): BoundExpr {
    if (e instanceof Literal) return { k: 'literal', type: e.dataType, value: e.value };
    if (e instanceof AttributeReference) {
      const ordinal = this.#ordinals.get(e.exprId);
      if (ordinal === undefined) throw internalError(`attribute ${e} is not in the input`);
      return { k: 'input', ordinal, type: e.dataType, nullable: e.nullable };
    }
    if (e instanceof Alias) return this.bind(e.child);
    if (e instanceof VariableReference) return this.bind(e.definition.current);
    if (e instanceof RuntimeReplaceable) return this.bind(e.replacement);
    if (e instanceof Cast)
      return {
        k: 'cast',
        child: this.bind(e.child),
        type: e.dataType,
        mode: e.mode,
        timeZone: e.timeZone ?? 'UTC',
        at: placeOf(e.origin),
      };
    if (e instanceof And) return { k: 'and', left: this.bind(e.left), right: this.bind(e.right), type: BOOLEAN };
    if (e instanceof Or) return { k: 'or', left: this.bind(e.left), right: this.bind(e.right), type: BOOLEAN };
    if (e instanceof Not) return this.call('not', [e.child], e);
    if (e instanceof Comparison) return this.call(e.symbol, [e.left, e.right], e);
    if (e instanceof Arithmetic) return this.call(e.symbol, [e.left, e.right], e, e.mode);
    if (e instanceof NullCheck) return this.call(e.kind.toLowerCase(), [e.child], e);
    if (e instanceof In)
      return { k: 'in', value: this.bind(e.value), list: e.list.map((x) => this.bind(x)), type: BOOLEAN };
    if (e instanceof If)
      return {
        k: 'case',
        branches: [{ when: this.bind(e.predicate), then: this.bind(e.trueValue) }],
        otherwise: this.bind(e.falseValue),
        type: e.dataType,
      };
    if (e instanceof CaseWhen)
      return {
        k: 'case',
        branches: e.whens.map((w, i) => ({ when: this.bind(w), then: this.bind(e.thens[i] as Expression) })),
        otherwise: e.elseValue ? this.bind(e.elseValue) : undefined,
        type: e.dataType,
      };
    if (e instanceof Coalesce) return { k: 'coalesce', args: e.operands.map((o) => this.bind(o)), type: e.dataType };
    if (e instanceof ScalarCall) {
      const operands = e.def.sparkClass.endsWith('UTF8') ? e.operands.map(bytesOf) : withoutDefaultOrder(e);
      const bound = this.call(e.def.name, operands, e, e.mode, e.timeZone);
      return e.site === undefined ? bound : { ...bound, site: e.site };
    }
    if (e instanceof GetStructField) return this.call('getstructfield', [e.child, new Literal(e.ordinal, INT)], e);
    if (e instanceof GetArrayStructFields)
      return this.call('getarraystructfields', [e.child, new Literal(e.ordinal, INT)], e);
    if (e instanceof GetArrayItem)
      return this.call('getarrayitem', [e.child, e.ordinal], e, e.failOnError ? 'ANSI' : 'LEGACY');
    if (e instanceof GetMapValue) return this.call('getmapvalue', [e.child, e.mapKey], e);
    if (e instanceof LambdaFunction)
      return {
        k: 'lambda',
        parameters: e.parameters.map((p) => (p as NamedLambdaVariable).exprId),
        body: this.bind(e.body),
        type: e.dataType,
      };
    if (e instanceof NamedLambdaVariable) return { k: 'lambdaVariable', id: e.exprId, type: e.dataType };
    if (e instanceof ScalarSubquery && this.subqueryParameter)
      return { k: 'parameter', id: this.subqueryParameter(e), type: e.dataType };
    if (e instanceof JavaScriptUdf) throw unsupported(`running the JavaScript function ${e.name}`, e.origin);
    throw internalError(`${e.kind} cannot be bound: ${e}`);
  }

  private call(
    fn: string,
    args: readonly Expression[],
    e: Expression,
    mode: BoundAggregate['mode'] = 'ANSI',
    timeZone = 'UTC',
  ): Extract<BoundExpr, { k: 'call' }> {
    return {
      k: 'call',
      fn,
      args: args.map((a) => this.bind(a)),
      type: e.dataType,
      mode,
      timeZone,
      at: placeOf(e.origin),
    };
  }

  bindAggregate(e: AggregateExpression): BoundAggregate {
    const f = e.aggregateFunction;
    const filter = e.filter ? this.bind(e.filter) : undefined;
    const args = f.operands.map((o) => shielded(this.bind(o), filter));
    return {
      fn: f.def.name,
      // Spark adds bigints up as doubles here.
      args: f.def.sparkClass === 'Average' ? args.map(longAsDouble) : args,
      filter,
      distinct: e.isDistinct,
      type: f.dataType,
      mode: f.mode,
      timeZone: f.timeZone ?? 'UTC',
    };
  }

  bindSortOrder(o: SortOrder): BoundSortKey {
    return {
      expr: this.bind(o.child),
      descending: o.direction === 'DESC',
      nullsFirst: o.nullOrdering === 'NULLS FIRST',
    };
  }
}

/** Functions of a text's bytes look behind the cast that made it: strings here hold no malformed bytes. */
function bytesOf(e: Expression): Expression {
  return e instanceof Cast && e.child.dataType.kind === 'binary' && e.dataType.kind === 'string' ? e.child : e;
}

/** `array_sort` in its own order needs no lambda. */
function withoutDefaultOrder({ def, operands }: ScalarCall): readonly Expression[] {
  const [array, order] = operands;
  const own = def.sparkClass === 'ArraySort' && order instanceof LambdaFunction && isDefaultOrder(order);
  return own && array ? [array] : operands;
}

/** Rows that a filter leaves out must not make an argument raise. */
function shielded(arg: BoundExpr, filter: BoundExpr | undefined): BoundExpr {
  if (filter === undefined || arg.k === 'input' || arg.k === 'literal' || arg.k === 'parameter') return arg;
  return { k: 'case', branches: [{ when: filter, then: arg }], otherwise: undefined, type: arg.type };
}

function longAsDouble(arg: BoundExpr): BoundExpr {
  return arg.type.kind === 'long' ? { k: 'cast', child: arg, type: DOUBLE, mode: 'ANSI', timeZone: 'UTC' } : arg;
}
