import type { CstNode, IOrAlt, TokenType } from 'chevrotain';
import * as T from '../tokens.js';
import { kw } from '../tokens.js';
import type { Rule } from './base.js';
import { ExpressionGrammar } from './expressions.js';

const TIME_TRAVEL = new Set(['VERSION', 'SYSTEM_VERSION', 'TIMESTAMP', 'SYSTEM_TIME'].map(kw));

/** Rules for queries and relations. */
export abstract class QueryGrammar extends ExpressionGrammar {
  readonly query: Rule = this.RULE('query', () => {
    this.OPTION({ GATE: () => this.isWord(2), DEF: () => this.SUBRULE(this.ctes) });
    this.SUBRULE(this.queryTerm);
    this.SUBRULE(this.queryOrganization);
  });

  readonly ctes = this.RULE('ctes', () => {
    this.CONSUME(kw('WITH'));
    this.OPTION({
      GATE: () => !this.is(2, kw('AS')) && !this.is(2, T.LParen),
      DEF: () => this.CONSUME(kw('RECURSIVE')),
    });
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.namedQuery) });
  });

  readonly namedQuery = this.RULE('namedQuery', () => {
    this.CONSUME(T.Word, { LABEL: 'name' });
    this.OPTION({ GATE: () => !this.queryAt(2), DEF: () => this.SUBRULE(this.identifierList) });
    this.OPTION2(() => this.CONSUME(kw('AS')));
    this.CONSUME(T.LParen);
    this.SUBRULE(this.query);
    this.CONSUME(T.RParen);
  });

  readonly queryTerm = this.RULE('queryTerm', () => {
    this.SUBRULE(this.queryPrimary);
    this.MANY(() => this.SUBRULE(this.queryTermSuffix));
  });

  readonly queryTermSuffix = this.RULE('queryTermSuffix', () => {
    this.OR([
      {
        ALT: () => {
          this.SUBRULE(this.setOperator);
          this.SUBRULE(this.queryPrimary);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.OperatorPipe);
          this.SUBRULE(this.pipeRightSide);
        },
      },
    ]);
  });

  readonly setOperator = this.RULE('setOperator', () => {
    this.OR([
      { ALT: () => this.CONSUME(kw('UNION'), { LABEL: 'kind' }) },
      { ALT: () => this.CONSUME(kw('INTERSECT'), { LABEL: 'kind' }) },
      { ALT: () => this.CONSUME(kw('EXCEPT'), { LABEL: 'kind' }) },
      { ALT: () => this.CONSUME(kw('MINUS'), { LABEL: 'kind' }) },
    ]);
    this.OPTION(() => this.SUBRULE(this.setQuantifier));
  });

  readonly queryPrimary: Rule = this.RULE('queryPrimary', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.querySpecification) },
      { ALT: () => this.SUBRULE(this.fromStatement) },
      {
        ALT: () => {
          this.CONSUME(kw('TABLE'));
          this.SUBRULE(this.identifierReference);
        },
      },
      { ALT: () => this.SUBRULE(this.inlineTable) },
      {
        ALT: () => {
          this.CONSUME(T.LParen);
          this.SUBRULE(this.query);
          this.CONSUME(T.RParen);
        },
      },
    ]);
  });

  readonly querySpecification = this.RULE('querySpecification', () => {
    this.SUBRULE(this.selectClause);
    this.OPTION({ GATE: () => !this.isEnd(2), DEF: () => this.SUBRULE(this.fromClause) });
    this.SUBRULE(this.selectRest);
  });

  readonly fromStatement = this.RULE('fromStatement', () => {
    this.SUBRULE(this.fromClause);
    this.MANY(() => this.SUBRULE(this.fromStatementBody));
  });

  /** One SELECT of a FROM-first query, or one branch of a multi-insert. */
  readonly fromStatementBody = this.RULE('fromStatementBody', () => {
    this.OPTION(() => this.SUBRULE(this.insertInto));
    this.SUBRULE(this.selectClause);
    this.SUBRULE(this.selectRest);
    this.SUBRULE(this.queryOrganization);
  });

  /** The clauses between FROM and ORDER BY. */
  readonly selectRest = this.RULE('selectRest', () => {
    this.MANY(() => this.SUBRULE(this.lateralView));
    this.OPTION(() => this.SUBRULE(this.whereClause));
    this.OPTION2(() => this.SUBRULE(this.aggregationClause));
    this.OPTION3(() => {
      this.CONSUME(kw('HAVING'));
      this.SUBRULE(this.expression, { LABEL: 'having' });
    });
    this.OPTION4(() => this.SUBRULE(this.windowClause));
  });

  readonly selectClause = this.RULE('selectClause', () => {
    this.CONSUME(kw('SELECT'));
    this.MANY(() => this.SUBRULE(this.hint));
    this.OPTION({
      GATE: () => !this.isEnd(2) && !this.is(2, T.Dot) && !this.is(2, kw('FROM')),
      DEF: () => this.SUBRULE(this.setQuantifier),
    });
    this.SUBRULE(this.namedExpressionSeq);
  });

  readonly hint = this.RULE('hint', () => {
    this.CONSUME(T.HintStart);
    this.SUBRULE(this.hintStatement);
    this.MANY(() => {
      this.OPTION(() => this.CONSUME(T.Comma));
      this.SUBRULE2(this.hintStatement);
    });
    this.CONSUME(T.HintEnd);
  });

  readonly hintStatement = this.RULE('hintStatement', () => {
    this.CONSUME(T.Word, { LABEL: 'name' });
    this.OPTION(() => {
      this.CONSUME(T.LParen);
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.primaryExpression) });
      this.CONSUME(T.RParen);
    });
  });

  readonly whereClause = this.RULE('whereClause', () => {
    this.CONSUME(kw('WHERE'));
    this.SUBRULE(this.expression);
  });

  readonly fromClause = this.RULE('fromClause', () => {
    this.CONSUME(kw('FROM'));
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.relation) });
    this.MANY(() => this.SUBRULE(this.lateralView));
    this.OPTION(() => this.SUBRULE(this.pivotClause));
    this.OPTION2(() => this.SUBRULE(this.unpivotClause));
  });

  readonly lateralView = this.RULE('lateralView', () => {
    this.CONSUME(kw('LATERAL'));
    this.CONSUME(kw('VIEW'));
    this.OPTION({ GATE: () => this.isWord(2), DEF: () => this.CONSUME(kw('OUTER')) });
    this.AT_LEAST_ONE_SEP({ SEP: T.Dot, DEF: () => this.CONSUME(T.Word, { LABEL: 'functionName' }) });
    this.SUBRULE(this.expressionList);
    this.CONSUME2(T.Word, { LABEL: 'table' });
    this.OPTION2({
      GATE: () => this.is(1, kw('AS')) || !this.clauseAt(1),
      DEF: () => {
        this.OPTION3({ GATE: () => !this.isEnd(2), DEF: () => this.CONSUME(kw('AS')) });
        this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.CONSUME3(T.Word, { LABEL: 'column' }) });
      },
    });
  });

  readonly relation: Rule = this.RULE('relation', () => {
    this.OPTION(() => this.CONSUME(kw('LATERAL')));
    this.SUBRULE(this.relationPrimary);
    this.MANY({
      GATE: () => this.joinAt(1) || ((this.is(1, kw('PIVOT')) || this.is(1, kw('UNPIVOT'))) && this.clauseAt(1)),
      DEF: () => this.SUBRULE(this.relationExtension),
    });
  });

  private joinAt(n: number): boolean {
    const { tokenType } = this.LA(n);
    if (tokenType === kw('CROSS') || tokenType === kw('FULL')) return !this.isEnd(n + 1);
    return (JOIN_STARTS as Set<TokenType>).has(tokenType);
  }

  readonly relationExtension = this.RULE('relationExtension', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.joinRelation) },
      { ALT: () => this.SUBRULE(this.pivotClause) },
      { ALT: () => this.SUBRULE(this.unpivotClause) },
    ]);
  });

  readonly joinRelation = this.RULE('joinRelation', () => {
    this.OPTION(() => this.CONSUME(kw('NATURAL')));
    this.OPTION2(() => this.SUBRULE(this.joinType));
    this.CONSUME(kw('JOIN'));
    this.OPTION3(() => this.CONSUME(kw('LATERAL')));
    this.SUBRULE(this.relationPrimary);
    this.OPTION4(() => this.SUBRULE(this.joinCriteria));
  });

  readonly joinType = this.RULE('joinType', () => {
    this.OR([
      { ALT: () => this.CONSUME(kw('INNER'), { LABEL: 'kind' }) },
      { ALT: () => this.CONSUME(kw('CROSS'), { LABEL: 'kind' }) },
      { ALT: () => this.CONSUME(kw('SEMI'), { LABEL: 'kind' }) },
      { ALT: () => this.CONSUME(kw('ANTI'), { LABEL: 'kind' }) },
      {
        ALT: () => {
          this.CONSUME(kw('LEFT'), { LABEL: 'left' });
          this.OPTION(() => {
            this.OR2([
              { ALT: () => this.CONSUME(kw('OUTER')) },
              { ALT: () => this.CONSUME2(kw('SEMI'), { LABEL: 'kind' }) },
              { ALT: () => this.CONSUME2(kw('ANTI'), { LABEL: 'kind' }) },
            ]);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('RIGHT'), { LABEL: 'kind' });
          this.OPTION2(() => this.CONSUME2(kw('OUTER')));
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('FULL'), { LABEL: 'kind' });
          this.OPTION3(() => this.CONSUME3(kw('OUTER')));
        },
      },
    ]);
  });

  readonly joinCriteria = this.RULE('joinCriteria', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(kw('ON'));
          this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('USING'));
          this.SUBRULE(this.identifierList);
        },
      },
    ]);
  });

  private relationAlternatives: IOrAlt<unknown>[] | undefined;
  readonly relationPrimary: Rule = this.RULE('relationPrimary', () => {
    this.relationAlternatives ??= [
      { GATE: () => this.parenthesizedQueryAt(1), ALT: () => this.SUBRULE(this.aliasedQuery) },
      { ALT: () => this.SUBRULE(this.aliasedRelation) },
      {
        GATE: () => this.is(1, kw('VALUES')) && !this.isEnd(2) && !this.clauseAt(2),
        ALT: () => this.SUBRULE(this.inlineTable),
      },
      {
        GATE: () => this.functionCallAt(1) && !this.identifierClauseAt(),
        ALT: () => this.SUBRULE(this.functionTable),
      },
      { ALT: () => this.SUBRULE(this.tableName) },
    ];
    this.OR({ IGNORE_AMBIGUITIES: true, DEF: this.relationAlternatives as IOrAlt<CstNode>[] });
  });
  private identifierClauseAt(): boolean {
    return this.is(1, kw('IDENTIFIER')) && this.is(2, T.LParen) && !this.is(this.closing(2) + 1, T.LParen);
  }

  readonly aliasedQuery = this.RULE('aliasedQuery', () => {
    this.CONSUME(T.LParen);
    this.SUBRULE(this.query);
    this.CONSUME(T.RParen);
    this.OPTION({ GATE: () => this.is(2, T.LParen), DEF: () => this.SUBRULE(this.sample) });
    this.SUBRULE(this.tableAlias);
  });

  readonly aliasedRelation = this.RULE('aliasedRelation', () => {
    this.CONSUME(T.LParen);
    this.SUBRULE(this.relation);
    this.CONSUME(T.RParen);
    this.OPTION({ GATE: () => this.is(2, T.LParen), DEF: () => this.SUBRULE(this.sample) });
    this.SUBRULE(this.tableAlias);
  });

  readonly tableName = this.RULE('tableName', () => {
    this.SUBRULE(this.identifierReference);
    this.OPTION({
      GATE: () => (this.is(1, kw('FOR')) ? this.timeTravelAt(2) : this.timeTravelAt(1)),
      DEF: () => this.SUBRULE(this.temporalClause),
    });
    this.OPTION2({ GATE: () => this.is(2, T.LParen), DEF: () => this.SUBRULE(this.optionsClause) });
    this.OPTION3({ GATE: () => this.is(2, T.LParen), DEF: () => this.SUBRULE(this.sample) });
    this.SUBRULE(this.tableAlias);
  });
  private timeTravelAt(n: number): boolean {
    return TIME_TRAVEL.has(this.LA(n).tokenType) && this.is(n + 1, kw('AS')) && this.is(n + 2, kw('OF'));
  }

  readonly temporalClause = this.RULE('temporalClause', () => {
    this.OPTION(() => this.CONSUME(kw('FOR')));
    this.CONSUME(T.Word);
    this.CONSUME(kw('AS'));
    this.CONSUME(kw('OF'));
    this.SUBRULE(this.valueExpression);
  });

  readonly optionsClause = this.RULE('optionsClause', () => {
    this.CONSUME(kw('WITH'));
    this.SUBRULE(this.propertyList);
  });

  readonly functionTable = this.RULE('functionTable', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.is(2, T.LParen) && this.is(this.closing(2) + 1, T.LParen),
          ALT: () => {
            this.CONSUME(kw('IDENTIFIER'));
            this.CONSUME2(T.LParen);
            this.SUBRULE(this.expression, { LABEL: 'nameExpression' });
            this.CONSUME2(T.RParen);
          },
        },
        {
          ALT: () => this.AT_LEAST_ONE_SEP({ SEP: T.Dot, DEF: () => this.CONSUME(T.Word, { LABEL: 'functionName' }) }),
        },
      ],
    });
    this.CONSUME(T.LParen);
    this.MANY_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.functionArgument) });
    this.CONSUME(T.RParen);
    this.SUBRULE(this.tableAlias);
  });

  readonly inlineTable = this.RULE('inlineTable', () => {
    this.CONSUME(kw('VALUES'));
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.expression) });
    this.SUBRULE(this.tableAlias);
  });

  readonly tableAlias = this.RULE('tableAlias', () => {
    this.OPTION({
      GATE: () =>
        this.is(1, kw('AS'))
          ? this.isIn(2, T.StrictWord) || (this.is(2, T.LParen) && !this.queryAt(3))
          : !this.clauseAt(1),
      DEF: () => {
        this.OPTION2({ GATE: () => this.isIn(2, T.StrictWord), DEF: () => this.CONSUME(kw('AS')) });
        this.CONSUME(T.StrictWord, { LABEL: 'alias' });
        this.OPTION3({ GATE: () => this.isWord(2), DEF: () => this.SUBRULE(this.identifierList) });
      },
    });
  });

  readonly sample = this.RULE('sample', () => {
    this.CONSUME(kw('TABLESAMPLE'));
    this.CONSUME(T.LParen);
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.is(2, T.IntegerValue),
          ALT: () => {
            this.CONSUME(kw('BUCKET'));
            this.CONSUME(T.IntegerValue, { LABEL: 'numerator' });
            this.CONSUME(kw('OUT'));
            this.CONSUME(kw('OF'));
            this.CONSUME2(T.IntegerValue, { LABEL: 'denominator' });
            this.OPTION(() => {
              this.CONSUME(kw('ON'));
              this.SUBRULE(this.primaryExpression, { LABEL: 'bucketColumn' });
            });
          },
        },
        {
          ALT: () => {
            this.OPTION2(() => {
              this.SUBRULE(this.expression);
              this.OPTION3(() => {
                this.OR2([
                  { ALT: () => this.CONSUME(kw('PERCENT'), { LABEL: 'unit' }) },
                  { ALT: () => this.CONSUME(kw('ROWS'), { LABEL: 'unit' }) },
                ]);
              });
            });
          },
        },
      ],
    });
    this.CONSUME(T.RParen);
    this.OPTION4({
      GATE: () => this.is(2, T.LParen),
      DEF: () => {
        this.CONSUME(kw('REPEATABLE'));
        this.CONSUME2(T.LParen);
        this.CONSUME3(T.IntegerValue, { LABEL: 'seed' });
        this.CONSUME2(T.RParen);
      },
    });
  });

  readonly aggregationClause = this.RULE('aggregationClause', () => {
    this.CONSUME(kw('GROUP'));
    this.CONSUME(kw('BY'));
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.groupByItem) });
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(kw('WITH'));
            this.OR2([
              { ALT: () => this.CONSUME(kw('ROLLUP'), { LABEL: 'kind' }) },
              { ALT: () => this.CONSUME(kw('CUBE'), { LABEL: 'kind' }) },
            ]);
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('GROUPING'), { LABEL: 'kind' });
            this.CONSUME(kw('SETS'));
            this.CONSUME(T.LParen);
            this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.groupingSet) });
            this.CONSUME(T.RParen);
          },
        },
      ]);
    });
  });

  /** The alias is for the pipe operator AGGREGATE only; the builder refuses it elsewhere. */
  readonly groupByItem = this.RULE('groupByItem', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { GATE: () => this.groupingAnalyticsAt(), ALT: () => this.SUBRULE(this.groupingAnalytics) },
        {
          ALT: () => {
            this.SUBRULE(this.expression);
            this.OPTION({
              GATE: () => this.is(1, kw('AS')) || !(this.clauseAt(1) || this.is(1, kw('GROUPING'))),
              DEF: () => {
                this.OPTION2(() => this.CONSUME(kw('AS')));
                this.CONSUME(T.Word, { LABEL: 'alias' });
              },
            });
          },
        },
      ],
    });
  });
  private groupingAnalyticsAt(): boolean {
    if (this.is(1, kw('GROUPING'))) return this.is(2, kw('SETS'));
    return (this.is(1, kw('ROLLUP')) || this.is(1, kw('CUBE'))) && this.is(2, T.LParen);
  }

  readonly groupingAnalytics: Rule = this.RULE('groupingAnalytics', () => {
    this.OR([
      {
        ALT: () => {
          this.OR2([
            { ALT: () => this.CONSUME(kw('ROLLUP'), { LABEL: 'kind' }) },
            { ALT: () => this.CONSUME(kw('CUBE'), { LABEL: 'kind' }) },
          ]);
          this.CONSUME(T.LParen);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.groupingSet) });
          this.CONSUME(T.RParen);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('GROUPING'), { LABEL: 'kind' });
          this.CONSUME(kw('SETS'));
          this.CONSUME2(T.LParen);
          this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.groupingElement) });
          this.CONSUME2(T.RParen);
        },
      },
    ]);
  });

  readonly groupingElement = this.RULE('groupingElement', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { GATE: () => this.groupingAnalyticsAt(), ALT: () => this.SUBRULE(this.groupingAnalytics) },
        { ALT: () => this.SUBRULE(this.groupingSet) },
      ],
    });
  });

  readonly groupingSet = this.RULE('groupingSet', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => {
            const close = this.closing(1);
            return close > 0 && this.isEnd(close + 1);
          },
          ALT: () => {
            this.CONSUME(T.LParen);
            this.MANY_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.expression) });
            this.CONSUME(T.RParen);
          },
        },
        { ALT: () => this.SUBRULE2(this.expression) },
      ],
    });
  });

  readonly pivotClause = this.RULE('pivotClause', () => {
    this.CONSUME(kw('PIVOT'));
    this.CONSUME(T.LParen);
    this.SUBRULE(this.namedExpressionSeq);
    this.CONSUME(kw('FOR'));
    this.OR([
      { ALT: () => this.CONSUME(T.Word, { LABEL: 'column' }) },
      {
        ALT: () => {
          this.CONSUME2(T.LParen);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME2(T.Word, { LABEL: 'column' }) });
          this.CONSUME2(T.RParen);
        },
      },
    ]);
    this.CONSUME(kw('IN'));
    this.CONSUME3(T.LParen);
    this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.pivotValue) });
    this.CONSUME3(T.RParen);
    this.CONSUME(T.RParen);
  });

  readonly pivotValue = this.RULE('pivotValue', () => {
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.OPTION2(() => this.CONSUME(kw('AS')));
      this.CONSUME(T.Word, { LABEL: 'alias' });
    });
  });

  readonly unpivotClause = this.RULE('unpivotClause', () => {
    this.CONSUME(kw('UNPIVOT'));
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(kw('INCLUDE'), { LABEL: 'nulls' }) },
        { ALT: () => this.CONSUME(kw('EXCLUDE'), { LABEL: 'nulls' }) },
      ]);
      this.CONSUME(kw('NULLS'));
    });
    this.CONSUME(T.LParen);
    this.OR2([
      { ALT: () => this.CONSUME(T.Word, { LABEL: 'value' }) },
      {
        ALT: () => {
          this.CONSUME2(T.LParen, { LABEL: 'multi' });
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME2(T.Word, { LABEL: 'value' }) });
          this.CONSUME2(T.RParen);
        },
      },
    ]);
    this.CONSUME(kw('FOR'));
    this.CONSUME3(T.Word, { LABEL: 'name' });
    this.CONSUME(kw('IN'));
    this.CONSUME3(T.LParen);
    this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.unpivotColumn) });
    this.CONSUME3(T.RParen);
    this.CONSUME(T.RParen);
    this.OPTION2({
      GATE: () => this.is(1, kw('AS')) || (this.isIn(1, T.StrictWord) && !this.clauseAt(1)),
      DEF: () => {
        this.OPTION3(() => this.CONSUME(kw('AS')));
        this.CONSUME4(T.Word, { LABEL: 'alias' });
      },
    });
  });

  readonly unpivotColumn = this.RULE('unpivotColumn', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.multipartIdentifier) },
      {
        ALT: () => {
          this.CONSUME(T.LParen);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE2(this.multipartIdentifier) });
          this.CONSUME(T.RParen);
        },
      },
    ]);
    this.OPTION(() => {
      this.OPTION2(() => this.CONSUME(kw('AS')));
      this.CONSUME(T.Word, { LABEL: 'alias' });
    });
  });

  readonly windowClause = this.RULE('windowClause', () => {
    this.CONSUME(kw('WINDOW'));
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.namedWindow) });
  });

  readonly namedWindow = this.RULE('namedWindow', () => {
    this.CONSUME(T.Word, { LABEL: 'name' });
    this.CONSUME(kw('AS'));
    this.SUBRULE(this.windowSpec);
  });

  readonly queryOrganization = this.RULE('queryOrganization', () => {
    this.OPTION(() => {
      this.CONSUME(kw('ORDER'));
      this.CONSUME(kw('BY'));
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.sortItem, { LABEL: 'order' }) });
    });
    this.OPTION2(() => {
      this.CONSUME(kw('CLUSTER'));
      this.CONSUME2(kw('BY'));
      this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.expression, { LABEL: 'clusterBy' }) });
    });
    this.OPTION3(() => {
      this.CONSUME(kw('DISTRIBUTE'));
      this.CONSUME3(kw('BY'));
      this.AT_LEAST_ONE_SEP3({ SEP: T.Comma, DEF: () => this.SUBRULE2(this.expression, { LABEL: 'distributeBy' }) });
    });
    this.OPTION4(() => {
      this.CONSUME(kw('SORT'));
      this.CONSUME4(kw('BY'));
      this.AT_LEAST_ONE_SEP4({ SEP: T.Comma, DEF: () => this.SUBRULE2(this.sortItem, { LABEL: 'sort' }) });
    });
    this.OPTION5(() => this.SUBRULE(this.windowClause));
    this.OPTION6(() => {
      this.CONSUME(kw('LIMIT'));
      this.OR({
        IGNORE_AMBIGUITIES: true,
        DEF: [
          {
            GATE: () => this.isEnd(2) || this.is(2, kw('OFFSET')),
            ALT: () => this.CONSUME(kw('ALL')),
          },
          { ALT: () => this.SUBRULE3(this.expression, { LABEL: 'limit' }) },
        ],
      });
    });
    this.OPTION7(() => {
      this.CONSUME(kw('OFFSET'));
      this.SUBRULE4(this.expression, { LABEL: 'offset' });
    });
  });

  /** What may follow `|>`. */
  readonly pipeRightSide = this.RULE('pipeRightSide', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          ALT: () => {
            this.SUBRULE(this.selectClause);
            this.OPTION(() => this.SUBRULE(this.windowClause));
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('EXTEND'), { LABEL: 'kind' });
            this.SUBRULE(this.namedExpressionSeq);
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('SET'), { LABEL: 'kind' });
            this.SUBRULE(this.assignmentList);
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('DROP'), { LABEL: 'kind' });
            this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME(T.Word, { LABEL: 'column' }) });
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('AS'), { LABEL: 'kind' });
            this.CONSUME2(T.Word, { LABEL: 'alias' });
            this.MANY(() => {
              this.CONSUME(T.Minus);
              this.CONSUME3(T.Word, { LABEL: 'dashed' });
            });
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.whereClause);
            this.OPTION4(() => this.SUBRULE2(this.windowClause));
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.pivotClause);
            this.option(10, () => this.SUBRULE2(this.unpivotClause));
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.unpivotClause);
            this.option(11, () => this.SUBRULE2(this.pivotClause));
          },
        },
        { ALT: () => this.SUBRULE(this.sample) },
        { ALT: () => this.SUBRULE(this.joinRelation) },
        {
          ALT: () => {
            this.SUBRULE(this.setOperator);
            this.SUBRULE(this.queryPrimary);
          },
        },
        {
          ALT: () => {
            this.CONSUME(kw('AGGREGATE'), { LABEL: 'kind' });
            this.OPTION2({
              GATE: () => !(this.is(1, kw('GROUP')) && this.is(2, kw('BY'))) || this.isEnd(3),
              DEF: () => this.SUBRULE2(this.namedExpressionSeq),
            });
            this.OPTION3(() => this.SUBRULE(this.aggregationClause));
          },
        },
        {
          GATE: () => this.clauseAt(1) || this.is(1, kw('WINDOW')),
          ALT: () => this.SUBRULE(this.queryOrganization),
        },
      ],
    });
  });

  readonly assignmentList = this.RULE('assignmentList', () => {
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.assignment) });
  });
  readonly assignment = this.RULE('assignment', () => {
    this.SUBRULE(this.multipartIdentifier);
    this.CONSUME(T.Eq);
    this.SUBRULE(this.expression);
  });

  readonly insertInto = this.RULE('insertInto', () => {
    this.CONSUME(kw('INSERT'));
    this.OR([{ ALT: () => this.CONSUME(kw('INTO')) }, { ALT: () => this.CONSUME(kw('OVERWRITE')) }]);
    this.OPTION({ GATE: () => this.isWord(2), DEF: () => this.CONSUME(kw('TABLE')) });
    this.SUBRULE(this.identifierReference);
    this.OPTION2({ GATE: () => this.is(2, T.LParen), DEF: () => this.SUBRULE(this.optionsClause) });
    this.OPTION3({ GATE: () => this.is(2, T.LParen), DEF: () => this.SUBRULE(this.partitionSpec) });
    this.OPTION4(() => {
      this.CONSUME(kw('IF'));
      this.CONSUME(kw('NOT'));
      this.CONSUME(kw('EXISTS'));
    });
    this.OPTION5(() => {
      this.CONSUME(kw('BY'));
      this.CONSUME(kw('NAME'));
    });
    this.OPTION6({ GATE: () => !this.queryAt(2), DEF: () => this.SUBRULE(this.identifierList) });
    this.OPTION7({
      GATE: () => this.is(2, kw('WHERE')),
      DEF: () => {
        this.CONSUME(kw('REPLACE'));
        this.SUBRULE(this.whereClause);
      },
    });
  });

  readonly partitionSpec = this.RULE('partitionSpec', () => {
    this.CONSUME(kw('PARTITION'));
    this.CONSUME(T.LParen);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.partitionValue) });
    this.CONSUME(T.RParen);
  });
  readonly partitionValue = this.RULE('partitionValue', () => {
    this.CONSUME(T.Word, { LABEL: 'name' });
    this.OPTION(() => {
      this.CONSUME(T.Eq);
      this.SUBRULE(this.primaryExpression);
    });
  });

  readonly propertyList = this.RULE('propertyList', () => {
    this.CONSUME(T.LParen);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.property) });
    this.CONSUME(T.RParen);
  });
  readonly property = this.RULE('property', () => {
    this.SUBRULE(this.propertyKey);
    this.OPTION({
      GATE: () => !this.isEnd(1),
      DEF: () => {
        this.OPTION2(() => this.CONSUME(T.Eq));
        this.SUBRULE(this.expression);
      },
    });
  });
  readonly propertyKey = this.RULE('propertyKey', () => {
    this.OR([
      { ALT: () => this.CONSUME(T.StringLit) },
      { ALT: () => this.AT_LEAST_ONE_SEP({ SEP: T.Dot, DEF: () => this.CONSUME(T.Word) }) },
    ]);
  });
}

const JOIN_STARTS = new Set<TokenType>(
  ['JOIN', 'INNER', 'CROSS', 'LEFT', 'RIGHT', 'FULL', 'SEMI', 'ANTI', 'NATURAL'].map(kw),
);
