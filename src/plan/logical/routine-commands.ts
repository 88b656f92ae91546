import type { DataType } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { Command } from './commands.js';
import type { LogicalPlan } from './logical-plan.js';

/** `DECLARE [OR REPLACE] VARIABLE name [type] [= default]`. `defaultSql` is the default as written. Spark: `CreateVariable`. */
export class CreateVariable extends Command {
  readonly kind = 'CreateVariable';
  constructor(
    readonly nameParts: readonly string[],
    readonly defaultValue: Expression,
    readonly defaultSql: string,
    readonly replace: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.defaultValue, this.defaultSql, this.replace];
  }
}

/** `DROP TEMPORARY VARIABLE [IF EXISTS] name`. Spark: `DropVariable`. */
export class DropVariable extends Command {
  readonly kind = 'DropVariable';
  constructor(
    readonly nameParts: readonly string[],
    readonly ifExists: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.ifExists];
  }
}

/** `SET VARIABLE a = …, b = …` and `SET VARIABLE (a, b) = (query)`: the query gives one row at most, a value for each target.
 * Spark: `SetVariable`. */
export class SetVariable extends Command {
  readonly kind = 'SetVariable';
  constructor(
    readonly targets: readonly (readonly string[])[],
    readonly sourceQuery: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.targets, this.sourceQuery];
  }
}

/** `EXECUTE IMMEDIATE query [INTO targets] [USING args]`: `query` is the text, or the name of the variable that holds it.
 * Spark: `ExecuteImmediateQuery`. */
export class ExecuteImmediate extends Command {
  readonly kind = 'ExecuteImmediateQuery';
  constructor(
    readonly query: string | readonly string[],
    readonly targets: readonly (readonly string[])[],
    readonly arguments_: readonly Expression[],
  ) {
    super();
  }
  args() {
    return [this.query, this.targets, this.arguments_];
  }
}

/** A parameter or a returned column of a SQL function. */
export interface RoutineColumn {
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
  /** As written. */
  readonly defaultSql: string | undefined;
  readonly comment: string | undefined;
}

/** `CREATE FUNCTION f(…) RETURNS … RETURN …`. Texts are as written. Spark: `CreateSQLFunctionCommand`. */
export interface SqlFunctionText {
  readonly parameters: readonly RoutineColumn[];
  readonly parametersText: string | undefined;
  /** A type, or the columns of a table function; undefined: what the body gives. */
  readonly returns: DataType | readonly RoutineColumn[] | undefined;
  readonly returnsText: string;
  readonly isTable: boolean;
  readonly expressionText: string | undefined;
  readonly queryText: string | undefined;
  readonly comment: string | undefined;
  readonly deterministic: boolean | undefined;
  readonly containsSql: boolean | undefined;
}

export class CreateSqlFunction extends Command {
  readonly kind = 'CreateSQLFunctionCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly definition: SqlFunctionText,
    readonly isTemporary: boolean,
    readonly ifNotExists: boolean,
    readonly replace: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.definition, this.isTemporary, this.ifNotExists, this.replace];
  }
}

/** `CREATE FUNCTION f AS 'class' USING JAR …`: no Java here. Spark: `CreateFunctionCommand`. */
export class CreateJavaFunction extends Command {
  readonly kind = 'CreateFunctionCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly className: string,
    readonly isTemporary: boolean,
    readonly ifNotExists: boolean,
    readonly replace: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.className, this.isTemporary, this.ifNotExists, this.replace];
  }
}

/** Spark: `DropFunction`, `DropFunctionCommand`. */
export class DropFunction extends Command {
  readonly kind = 'DropFunctionCommand';
  constructor(
    readonly nameParts: readonly string[],
    readonly ifExists: boolean,
    readonly isTemporary: boolean,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.ifExists, this.isTemporary];
  }
}
