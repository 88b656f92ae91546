import { analysisError, internalError } from '../../errors/index.js';
import { Analyzer } from '../../plan/analysis/analyzer.js';
import type { AnalyzerCatalog } from '../../plan/catalog-view.js';
import {
  AggregateExpression,
  Alias,
  Cast,
  type Expression,
  GeneratorCall,
  LateralSubquery,
  Literal,
  ScalarSubquery,
  type SqlFunction,
  SubqueryExpression,
  UnresolvedAlias,
  UnresolvedAttribute,
  UnresolvedFunction,
  VariableReference,
  WindowExpression,
} from '../../plan/expressions/index.js';
import {
  type CreateJavaFunction,
  type CreateSqlFunction,
  type DropFunction,
  INNER,
  LateralJoin,
  type LogicalPlan,
  OneRowRelation,
  Project,
  type RefreshFunction,
  type RoutineColumn,
  UnresolvedRelation,
  UnresolvedTableValuedFunction,
  UnresolvedWith,
} from '../../plan/logical/index.js';
import { parseExpression, parsePlan } from '../../plan/sql/parser.js';
import { type DataType, quoteIdentifier } from '../../types/index.js';
import { type CommandResult, done } from '../command-result.js';
import { functionDoc } from '../function-help.js';
import { alreadyExists } from '../routines.js';
import type { SparkSession } from '../spark-session.js';

/** CREATE FUNCTION with a SQL body: the body is analyzed now for its errors and its type, and again at each use.
 * Spark: `CreateSQLFunctionCommand`. */
export function createSqlFunction(session: SparkSession, command: CreateSqlFunction): CommandResult {
  const { catalog } = session.sessionState;
  const { definition: d, isTemporary, replace, ifNotExists } = command;
  const nameParts = isTemporary
    ? command.nameParts
    : catalog.routines.qualified(command.nameParts, catalog.currentDatabase);
  const f = checkedFunction(session, command, nameParts);
  const [, database, name] = nameParts;
  if (isTemporary) catalog.routines.putTemporary(nameParts[0] as string, { kind: 'sql', f }, replace);
  else {
    const old = catalog.routines.persistent(nameParts, catalog.currentDatabase);
    if (old && !replace) {
      if (!ifNotExists) throw alreadyExists(nameParts);
    } else catalog.routines.put(database as string, name as string, { kind: 'sql', f });
  }
  const parts = [
    f.name,
    d.parametersText,
    d.returnsText,
    d.expressionText,
    d.queryText,
    d.comment,
    d.deterministic,
    d.containsSql,
    d.isTable,
    isTemporary,
    ifNotExists,
    replace,
  ];
  return done(`CreateSQLFunctionCommand ${parts.filter((p) => p !== undefined).join(', ')}`);
}

function checkedFunction(session: SparkSession, command: CreateSqlFunction, nameParts: readonly string[]): SqlFunction {
  const { catalog, conf } = session.sessionState;
  const { definition: d } = command;
  const funcName = nameParts.at(-1) as string;
  const name = nameParts.join('.');
  const options = conf.parserOptions;
  const analyzerConf = conf.analyzerConf;
  const names: AnalyzerCatalog = command.isTemporary ? catalog : catalog.inDatabase(catalog.currentDatabase);
  const body = (): { expression?: Expression; query?: LogicalPlan } => {
    if (d.expressionText !== undefined) return plainBody(parseExpression(d.expressionText, options), d.isTable);
    const query = parsePlan(d.queryText as string, options);
    if (
      !d.isTable &&
      query instanceof Project &&
      query.projectList.length === 1 &&
      query.child instanceof OneRowRelation
    )
      return { expression: query.projectList[0] as Expression };
    return { query };
  };
  const parseDefault = (text: string): Expression => parseExpression(text, options);
  refuseCharTypes(d.parameters.map((p) => p.dataType));
  if (d.returns !== undefined) refuseCharTypes('kind' in d.returns ? [d.returns] : d.returns.map((c) => c.dataType));
  checkParameters(d.parameters, d.parametersText, funcName);
  const { expression, query } = body();
  const input = new Project(
    d.parameters.map((p) => {
      const value = p.defaultSql === undefined ? new Literal(null, p.dataType) : defaultOf(p, parseDefault, funcName);
      const typed =
        p.defaultSql === undefined ? value : new Cast(value, p.dataType, analyzerConf.ansiEnabled ? 'ANSI' : 'LEGACY');
      return new Alias(typed.withOrigin(command.origin), p.name, undefined, [funcName]);
    }),
    new OneRowRelation(),
  );
  const analyzer = new Analyzer(names, analyzerConf);
  let returnType: DataType | undefined;
  let columns: readonly RoutineColumn[] | undefined;
  let deterministic: boolean;
  let analyzed: LogicalPlan;
  const source: LogicalPlan = d.isTable
    ? new LateralJoin(input, new LateralSubquery(tableBody(query, funcName)), INNER, undefined)
    : scalarPlan(
        expression,
        query,
        d.returns as DataType | undefined,
        input,
        funcName,
        analyzerConf.ansiEnabled,
        command,
      );
  if (d.isTable) {
    analyzed = analyzer.resolve(d.parameters.length === 0 ? (query as LogicalPlan) : source);
    analyzed = analyzer.execute(analyzed);
    const given = d.returns as readonly RoutineColumn[] | undefined;
    const inner = analyzed instanceof LateralJoin ? analyzed.right.plan : analyzed;
    if (given === undefined && query instanceof Project && query.projectList.some((e) => e instanceof UnresolvedAlias))
      throw analysisError('USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_MISSING_COLUMN_NAMES', { functionName: funcName });
    columns =
      given ??
      inner.output.map((a) => ({
        name: a.name,
        dataType: a.dataType,
        nullable: true,
        defaultSql: undefined,
        comment: undefined,
      }));
    checkColumns(columns, d.returnsText, funcName);
    if (inner.output.length !== columns.length)
      throw analysisError('USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH', {
        name,
        outputSize: String(inner.output.length),
        returnParamSize: String(columns.length),
      });
    deterministic = analyzed.deterministic;
  } else {
    const resolved = analyzer.resolve(source);
    refuseComplex(resolved, d.expressionText ?? d.queryText ?? '');
    analyzed = analyzer.execute(resolved);
    if (!(analyzed instanceof Project)) throw internalError(`a scalar function became ${analyzed.kind}`);
    returnType = (analyzed.projectList[0] as Expression).dataType;
    deterministic = analyzed.deterministic;
  }
  if (!command.isTemporary) refuseTemporary(session, source, analyzed, nameParts);
  const f: SqlFunction = {
    name,
    nameParts,
    parameters: d.parameters,
    returnType,
    columns,
    deterministic: d.deterministic ?? deterministic,
    conf: analyzerConf,
    catalog: names,
    body,
    parseDefault,
  };
  if (command.replace) refuseCycles(session, f);
  return f;
}

/** `(SELECT a)` without FROM is `a`. */
function plainBody(expression: Expression, isTable: boolean): { expression: Expression } {
  const e = expression instanceof Alias || expression instanceof UnresolvedAlias ? expression.child : expression;
  if (!isTable && e instanceof ScalarSubquery && e.plan instanceof Project && e.plan.child instanceof OneRowRelation) {
    const [only] = e.plan.projectList;
    if (e.plan.projectList.length === 1 && only !== undefined) return { expression: only };
  }
  return { expression };
}
/** @throws USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY */
function tableBody(query: LogicalPlan | undefined, name: string): LogicalPlan {
  if (query === undefined) throw analysisError('USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY', { name });
  return query;
}
function scalarPlan(
  expression: Expression | undefined,
  query: LogicalPlan | undefined,
  returns: DataType | undefined,
  input: LogicalPlan,
  name: string,
  ansi: boolean,
  command: CreateSqlFunction,
): LogicalPlan {
  const value = query === undefined ? (expression as Expression) : new ScalarSubquery(query);
  const bare = value instanceof Alias || value instanceof UnresolvedAlias ? value.child : value;
  const typed = returns === undefined ? bare : new Cast(bare, returns, ansi ? 'ANSI' : 'LEGACY');
  return new Project([new Alias(typed.withOrigin(command.origin), name)], input);
}

function defaultOf(p: RoutineColumn, parse: (text: string) => Expression, functionName: string): Expression {
  const value = parse(p.defaultSql as string);
  if (value.exists((e) => e instanceof SubqueryExpression))
    throw analysisError('USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION', {
      functionName,
      parameterName: p.name,
    });
  const column = value.find((e) => e instanceof UnresolvedAttribute) as UnresolvedAttribute | undefined;
  if (column !== undefined)
    throw analysisError(
      'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
      { objectName: column.nameParts.map(quoteIdentifier).join('.') },
      column.origin,
    );
  return value;
}

/** @throws USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS and others */
function checkParameters(parameters: readonly RoutineColumn[], text: string | undefined, functionName: string): void {
  if (parameters.some((p) => !p.nullable))
    throw analysisError('USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS', { input: text ?? '' });
  const twice = repeated(parameters);
  if (twice.length > 0)
    throw analysisError('DUPLICATE_ROUTINE_PARAMETER_NAMES', {
      routineName: functionName,
      names: twice.map(quoteIdentifier).join(', '),
    });
  parameters.forEach((p, i) => {
    const next = parameters[i + 1];
    if (p.defaultSql !== undefined && next !== undefined && next.defaultSql === undefined)
      throw analysisError('USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION', {
        functionName,
        parameterName: p.name,
        nextParameterName: next.name,
      });
  });
}
function checkColumns(columns: readonly RoutineColumn[], text: string, routineName: string): void {
  if (columns.some((c) => !c.nullable))
    throw analysisError('USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS', { input: text });
  const twice = repeated(columns);
  if (twice.length > 0)
    throw analysisError('DUPLICATE_ROUTINE_RETURNS_COLUMNS', {
      routineName,
      columns: twice.map(quoteIdentifier).join(', '),
    });
}
function repeated(columns: readonly RoutineColumn[]): string[] {
  const names = columns.map((c) => c.name.toLowerCase());
  return [...new Set(names.filter((n, i) => names.indexOf(n) !== i))];
}

/** @throws UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING */
function refuseCharTypes(types: readonly DataType[]): void {
  if (types.some((t) => /\b(?:VAR)?CHAR\(/.test(t.sql)))
    throw analysisError('UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING', {});
}

/** @throws USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS */
function refuseComplex(plan: LogicalPlan, queryText: string): void {
  const complex = plan.expressions.some((e) =>
    e.exists((x) => x instanceof AggregateExpression || x instanceof WindowExpression || x instanceof GeneratorCall),
  );
  const top = plan instanceof Project ? plan.child : plan;
  const grouped = plan.kind === 'Aggregate' || plan.kind === 'Window' || plan.kind === 'Generate';
  if (complex || grouped || ['Aggregate', 'Window', 'Generate'].includes(top.kind))
    throw analysisError('USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS', { queryText });
}

/** A persistent function cannot read what goes with the session. @throws INVALID_TEMP_OBJ_REFERENCE */
function refuseTemporary(
  session: SparkSession,
  source: LogicalPlan,
  analyzed: LogicalPlan,
  nameParts: readonly string[],
): void {
  const { catalog } = session.sessionState;
  const objName = nameParts.slice(1).map(quoteIdentifier).join('.');
  const refuse = (tempObj: string, tempObjName: string) =>
    analysisError('INVALID_TEMP_OBJ_REFERENCE', { obj: 'FUNCTION', objName, tempObj, tempObjName });
  const { views, functions } = namesIn(source);
  const view = views.find((v) => v.length === 1 && catalog.tempView(v[0] as string) !== undefined);
  if (view !== undefined) throw refuse('VIEW', view.map(quoteIdentifier).join('.'));
  const temporary = functions.find((n) => n.length === 1 && catalog.routines.temporary(n[0] as string) !== undefined);
  if (temporary !== undefined) throw refuse('FUNCTION', quoteIdentifier(temporary[0] as string));
  let variable: VariableReference | undefined;
  analyzed.foreachWithSubqueries((p) => {
    for (const e of p.expressions)
      variable ??= e.find((x) => x instanceof VariableReference) as VariableReference | undefined;
  });
  if (variable !== undefined) throw refuse('VARIABLE', variable.nameParts.map(quoteIdentifier).join('.'));
}

/** Relations and functions that a plan names, subqueries included. */
function namesIn(plan: LogicalPlan): { views: (readonly string[])[]; functions: (readonly string[])[] } {
  const views: (readonly string[])[] = [];
  const functions: (readonly string[])[] = [];
  const visit = (p: LogicalPlan): void => {
    p.foreachWithSubqueries((x) => {
      if (x instanceof UnresolvedRelation) views.push(x.nameParts);
      if (x instanceof UnresolvedTableValuedFunction) functions.push(x.nameParts);
      if (x instanceof UnresolvedWith) for (const c of x.ctes) visit(c);
      for (const e of x.expressions)
        e.foreach((y) => {
          if (y instanceof UnresolvedFunction && !y.isInternal) functions.push(y.nameParts);
        });
    });
  };
  visit(plan);
  return { views, functions };
}

/** @throws CYCLIC_FUNCTION_REFERENCE */
function refuseCycles(session: SparkSession, f: SqlFunction): void {
  const { catalog } = session.sessionState;
  const visit = (g: SqlFunction, path: readonly string[]): void => {
    const { expression, query } = g.body();
    const plan = query ?? new Project([expression as Expression], new OneRowRelation());
    for (const parts of namesIn(plan).functions) {
      const found = catalog.lookupSqlFunction(parts);
      if (found === undefined) continue;
      const next = [...path, found.name.toLowerCase()];
      if (found.name.toLowerCase() === f.name.toLowerCase())
        throw analysisError('CYCLIC_FUNCTION_REFERENCE', { path: next.join(' -> ') });
      if (!path.includes(found.name.toLowerCase())) visit(found, next);
    }
  };
  visit(f, [f.name]);
}

/** `CREATE FUNCTION f AS 'class'`: the name is kept; a call says that Java functions do not run here. */
export function createJavaFunction(session: SparkSession, command: CreateJavaFunction): CommandResult {
  const { catalog } = session.sessionState;
  const { className, isTemporary, ifNotExists, replace } = command;
  const routine = { kind: 'java', className } as const;
  if (isTemporary) {
    catalog.routines.putTemporary(command.nameParts[0] as string, routine, replace);
    return done(`CreateFunctionCommand ${command.nameParts[0]}, ${className}, true, ${ifNotExists}, ${replace}`);
  }
  const nameParts = catalog.routines.qualified(command.nameParts, catalog.currentDatabase);
  const [, database, name] = nameParts;
  if (catalog.routines.persistent(nameParts, database) && !replace) {
    if (!ifNotExists) throw alreadyExists(nameParts);
  } else catalog.routines.put(database, name, routine);
  return done(`CreateFunctionCommand ${nameParts.join('.')}, ${className}, false, ${ifNotExists}, ${replace}`);
}

/** @throws ROUTINE_NOT_FOUND, INVALID_SQL_SYNTAX.MULTI_PART_NAME */
export function dropFunction(session: SparkSession, command: DropFunction): CommandResult {
  const { catalog } = session.sessionState;
  const { ifExists, isTemporary } = command;
  const notFound = (nameParts: readonly string[]) =>
    analysisError('ROUTINE_NOT_FOUND', { routineName: nameParts.map(quoteIdentifier).join('.') });
  if (isTemporary) {
    const [name] = command.nameParts as [string];
    if (!catalog.routines.dropTemporary(name) && !ifExists) throw notFound([name]);
    return done(`DropFunctionCommand ${name}, ${ifExists}, true`);
  }
  const [c, database, name] = catalog.routines.qualified(command.nameParts, catalog.currentDatabase);
  if (!catalog.routines.drop(database, name)) {
    if (!ifExists) throw notFound([c, database, name]);
    return done(`NoopCommand DROP FUNCTION, [${command.nameParts.join(', ')}]`);
  }
  return done(`DropFunctionCommand ${c}.${database}.${name.toLowerCase()}, ${ifExists}, false`);
}

/** @throws UNRESOLVED_ROUTINE, _LEGACY_ERROR_TEMP_1017 for functions that are not persistent */
export function refreshFunction(session: SparkSession, command: RefreshFunction): CommandResult {
  const { catalog } = session.sessionState;
  const [only, ...more] = command.nameParts as [string, ...string[]];
  if (more.length === 0 && (catalog.routines.temporary(only) || functionDoc(only)))
    throw analysisError('_LEGACY_ERROR_TEMP_1017', { name: only, cmd: 'REFRESH FUNCTION', hintStr: '' });
  const [, database, name] = catalog.routines.qualified(command.nameParts, catalog.currentDatabase);
  if (catalog.routines.persistent([database, name], database) === undefined)
    throw analysisError('UNRESOLVED_ROUTINE', {
      routineName: command.nameParts.map(quoteIdentifier).join('.'),
      searchPath: `[\`system\`.\`builtin\`, \`system\`.\`session\`, \`${catalog.currentCatalog}\`.\`${catalog.currentDatabase}\`]`,
    });
  return done(`RefreshFunctionCommand ${database}, ${name.toLowerCase()}`);
}
