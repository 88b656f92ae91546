import { parseError } from '../../../errors/index.js';
import { type DataType, NULL } from '../../../types/index.js';
import { Cast } from '../../expressions/cast.js';
import { Literal } from '../../expressions/literal.js';
import { Alias } from '../../expressions/named.js';
import { UnresolvedAttribute, UnresolvedStar } from '../../expressions/unresolved.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Project } from '../../logical/operators.js';
import { OneRowRelation } from '../../logical/relations.js';
import {
  CreateJavaFunction,
  CreateSqlFunction,
  CreateVariable,
  DropFunction,
  DropVariable,
  ExecuteImmediate,
  type RoutineColumn,
  SetVariable,
  type SqlFunctionText,
} from '../../logical/routine-commands.js';
import { type CstNode, has, keyword, need, needToken, node, nodes, spanOf, token, tokens } from './cst.js';
import { buildDataType } from './data-types.js';
import { DefinitionBuilder } from './definitions.js';
import { operationNotAllowed } from './numbers.js';
import { quoteId, unescapeString } from './text.js';

/** Session variables, functions, EXECUTE IMMEDIATE. Spark: the routine part of `AstBuilder` and `SparkSqlAstBuilder`. */
export abstract class RoutineBuilder extends DefinitionBuilder {
  /** @throws INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED */
  protected declareVariable(tree: CstNode): LogicalPlan {
    const type = node(tree, 'dataType');
    const value = node(tree, 'expression');
    if (type === undefined && value === undefined)
      throw parseError('INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED', {}, this.origin(tree));
    const dataType: DataType | undefined = type === undefined ? undefined : this.dataType(type);
    const written = value === undefined ? new Literal(null, dataType ?? NULL) : this.expression(value);
    const cast = value !== undefined && dataType !== undefined;
    return new CreateVariable(
      this.identifierReference(need(tree, 'identifierReference')),
      cast ? this.at(new Cast(written, dataType, this.context.mode), tree) : written,
      value === undefined ? 'null' : this.source(value),
      has(tree, 'REPLACE'),
    );
  }

  protected setVariable(tree: CstNode): LogicalPlan {
    const query = node(tree, 'query');
    if (query !== undefined) {
      const targets = nodes(tree, 'multipartIdentifier').map((m) => this.multipart(m));
      return new SetVariable(targets, this.query(query));
    }
    const assignments = nodes(need(tree, 'assignmentList'), 'assignment');
    const targets = assignments.map((a) => this.multipart(need(a, 'multipartIdentifier')));
    const values = assignments.map((a, i) => {
      const value = this.neededExpression(a);
      const named = value instanceof UnresolvedAttribute || value instanceof UnresolvedStar;
      return named ? value : this.at(new Alias(value, targets[i]?.at(-1) as string), a);
    });
    return new SetVariable(targets, this.at(new Project(values, new OneRowRelation()), tree));
  }

  protected executeImmediate(tree: CstNode): LogicalPlan {
    const variable = node(tree, 'variable');
    const texts = tokens(tree, 'StringLit');
    const query =
      variable === undefined ? texts.map((t) => unescapeString(t.image)).join('') : this.multipart(variable);
    const list = node(tree, 'namedExpressionSeq');
    const values = list === undefined ? [] : this.namedExpressions(list);
    const names = values.flatMap((v) => (v instanceof Alias ? [v.name.toLowerCase()] : []));
    const twice = [...new Set(names.filter((n, i) => names.indexOf(n) !== i))];
    if (twice.length > 0)
      throw parseError(
        'EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES',
        { aliases: twice.map((n) => quoteId(n)).join(', ') },
        this.origin(tree),
      );
    return new ExecuteImmediate(
      query,
      nodes(tree, 'target').map((m) => this.multipart(m)),
      values,
    );
  }

  protected dropVariable(tree: CstNode): LogicalPlan {
    return new DropVariable(this.reference(tree), has(tree, 'ifExists'));
  }
  protected dropFunction(tree: CstNode): LogicalPlan {
    const name = this.reference(tree);
    const temporary = has(tree, 'TEMPORARY');
    if (temporary && name.length > 1)
      throw parseError(
        'INVALID_SQL_SYNTAX.MULTI_PART_NAME',
        { statement: 'DROP TEMPORARY FUNCTION', name: quoteId(name) },
        this.origin(tree),
      );
    return new DropFunction(name, has(tree, 'ifExists'), temporary);
  }

  /** @param whole the CREATE statement @param tree its part from FUNCTION on */
  protected createFunction(whole: CstNode, tree: CstNode): LogicalPlan {
    const name = this.reference(tree);
    const replace = has(whole, 'REPLACE');
    const temporary = has(whole, 'TEMPORARY');
    const ifNotExists = has(tree, 'ifNotExists');
    const origin = this.origin(whole);
    if (replace && ifNotExists)
      throw parseError('INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE', {}, origin);
    if (temporary && ifNotExists)
      throw parseError('INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS', {}, origin);
    if (temporary && name.length > 2)
      throw parseError('INVALID_SQL_SYNTAX.UNSUPPORTED_FUNC_NAME', { funcName: quoteId(name.join('.')) }, origin);
    if (temporary && name.length === 2)
      throw parseError(
        'INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_DATABASE',
        { database: quoteId(name[0] as string) },
        origin,
      );
    const className = token(tree, 'className');
    if (className !== undefined)
      return new CreateJavaFunction(name, unescapeString(className.image), temporary, ifNotExists, replace);
    return new CreateSqlFunction(
      name,
      this.functionDefinition(need(tree, 'functionDefinition'), whole),
      temporary,
      ifNotExists,
      replace,
    );
  }

  private functionDefinition(tree: CstNode, whole: CstNode): SqlFunctionText {
    const parameters = nodes(tree, 'parameter');
    for (const p of parameters)
      for (const option of nodes(p, 'columnOption'))
        if (has(option, 'GENERATED'))
          throw parseError(
            'INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS',
            {},
            this.origin(whole),
          );
    const columns = parameters.map((p) => this.routineColumn(p));
    const returns = node(tree, 'returnType');
    const isTable = returns !== undefined && has(returns, 'TABLE');
    const returned = returns === undefined ? [] : nodes(returns, 'column');
    const type = returns === undefined ? undefined : node(returns, 'dataType');
    const query = node(tree, 'query');
    const expression = node(tree, 'expression');
    const characteristics = this.characteristics(tree, whole);
    return {
      parameters: columns,
      parametersText: this.joined(parameters),
      returns: isTable
        ? returned.length === 0
          ? undefined
          : returned.map((c) => this.routineColumn(c))
        : type === undefined
          ? undefined
          : this.dataType(type),
      returnsText: isTable ? (this.joined(returned) ?? 'TABLE') : type === undefined ? '' : this.source(type),
      isTable,
      expressionText: expression === undefined ? undefined : this.source(expression),
      queryText: query === undefined ? undefined : this.source(query),
      ...characteristics,
    };
  }
  private joined(columns: readonly CstNode[]): string | undefined {
    const [first] = columns;
    const last = columns.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return this.sql.slice(spanOf(first).start, spanOf(last).stop + 1);
  }
  private routineColumn(tree: CstNode): RoutineColumn {
    const options = nodes(tree, 'columnOption');
    const type = node(tree, 'dataType');
    if (type === undefined) throw this.endOfColumn(tree);
    const byDefault = options.find((o) => has(o, 'DEFAULT'));
    return {
      name: this.names(tree, 'name').join('.'),
      dataType: this.dataType(type),
      nullable: !options.some((o) => has(o, 'NOT')),
      defaultSql: byDefault === undefined ? undefined : this.source(need(byDefault, 'expression')),
      comment: this.columnComment(tree),
    };
  }

  private characteristics(tree: CstNode, whole: CstNode) {
    let comment: string | undefined;
    let deterministic: boolean | undefined;
    let containsSql: boolean | undefined;
    const seen = new Set<string>();
    for (const c of nodes(tree, 'characteristic')) {
      const kind = keyword(c, 'kind') as string;
      const origin = this.origin(whole);
      if (seen.has(kind)) throw parseError('DUPLICATE_CLAUSES', { clauseName: CLAUSE_NAMES[kind] ?? kind }, origin);
      seen.add(kind);
      if (kind === 'COMMENT') comment = unescapeString(needToken(c, 'StringLit').image);
      else if (kind === 'DETERMINISTIC') deterministic = !has(c, 'NOT');
      else if (kind === 'LANGUAGE') {
        const { image } = needToken(c, 'name');
        if (image.toUpperCase() !== 'SQL')
          throw operationNotAllowed(`Unsupported language for user defined functions: ${image}`, origin);
      } else if (kind === 'SPECIFIC')
        throw operationNotAllowed('SQL function with SPECIFIC name is not supported', origin);
      else if (kind === 'SQL') {
        const access = keyword(c, 'access');
        if (access === 'NO') throw operationNotAllowed('SQL function with NO SQL is not supported', origin);
        if (access === 'MODIFIES')
          throw operationNotAllowed('SQL function with MODIFIES SQL DATA is not supported', origin);
        containsSql = access === 'CONTAINS';
      } else if (kind === 'INPUT') {
        if (has(c, 'RETURNS'))
          throw operationNotAllowed('SQL function with RETURNS NULL ON NULL INPUT is not supported', origin);
      } else if (kind === 'SECURITY' && has(c, 'INVOKER'))
        throw operationNotAllowed('SQL function with SQL SECURITY INVOKER is not supported', origin);
    }
    return { comment, deterministic, containsSql };
  }

  protected dataType(tree: CstNode): DataType {
    return buildDataType(tree, this.sql, this.context.timestampNtz);
  }
}

const CLAUSE_NAMES: Readonly<Record<string, string>> = {
  SQL: 'SQL DATA ACCESS',
  INPUT: 'NULL CALL',
  SECURITY: 'SQL SECURITY RIGHTS',
  SPECIFIC: 'SPECIFIC NAME',
};
