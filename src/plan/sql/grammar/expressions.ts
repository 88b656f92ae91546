import type { CstNode, IOrAlt } from 'chevrotain';
import * as T from '../tokens.js';
import { kw } from '../tokens.js';
import { GrammarBase, type Rule } from './base.js';

const MULTI_UNITS = new Set(
  (
    'NANOSECOND NANOSECONDS MICROSECOND MICROSECONDS MILLISECOND MILLISECONDS SECOND SECONDS MINUTE MINUTES HOUR HOURS ' +
    'DAY DAYS WEEK WEEKS MONTH MONTHS YEAR YEARS'
  )
    .split(' ')
    .map(kw),
);
const CONTINUATIONS = new Set([T.Dot, T.LBracket, T.LParen, T.DoubleColon, T.Arrow, kw('COLLATE')]);
const PREDICATES = new Set(['BETWEEN', 'IN', 'RLIKE', 'LIKE', 'ILIKE'].map(kw));

/** Rules for expressions and data types. Binary operators are one flat list; the builder applies precedence. */
export abstract class ExpressionGrammar extends GrammarBase {
  abstract readonly query: Rule;

  readonly multipartIdentifier = this.RULE('multipartIdentifier', () => {
    this.CONSUME(T.Word);
    this.MANY(() => {
      this.CONSUME(T.Dot);
      this.CONSUME2(T.Word);
    });
    // `test-table` is a common slip; it gets an error of its own.
    this.MANY2({
      GATE: () => this.isWord(2),
      DEF: () => {
        this.CONSUME(T.Minus);
        this.CONSUME3(T.Word, { LABEL: 'dashed' });
      },
    });
  });

  readonly identifierReference = this.RULE('identifierReference', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.is(2, T.LParen),
          ALT: () => {
            this.CONSUME(kw('IDENTIFIER'));
            this.CONSUME(T.LParen);
            this.SUBRULE(this.expression);
            this.CONSUME(T.RParen);
          },
        },
        { ALT: () => this.SUBRULE(this.multipartIdentifier) },
      ],
    });
  });

  readonly identifierList = this.RULE('identifierList', () => {
    this.CONSUME(T.LParen);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME(T.Word) });
    this.CONSUME(T.RParen);
  });

  readonly namedExpression = this.RULE('namedExpression', () => {
    this.SUBRULE(this.expression);
    this.OPTION({
      GATE: () => (this.is(1, kw('AS')) ? !this.isEnd(2) : !this.clauseAt(1)),
      DEF: () => {
        this.OPTION2({ GATE: () => !this.isEnd(2), DEF: () => this.CONSUME(kw('AS')) });
        this.OR([
          { ALT: () => this.CONSUME(T.Word, { LABEL: 'alias' }) },
          { ALT: () => this.SUBRULE(this.identifierList) },
        ]);
      },
    });
  });

  readonly namedExpressionSeq = this.RULE('namedExpressionSeq', () => {
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.namedExpression) });
  });

  private expressionForms: IOrAlt<unknown>[] | undefined;
  readonly expression = this.RULE('expression', () => {
    this.expressionForms ??= [
      {
        GATE: () => this.isIn(1, T.Leaf) && this.isEnd(2),
        ALT: () => this.CONSUME(T.Leaf, { LABEL: 'leaf' }),
      },
      {
        ALT: () => {
          this.SUBRULE(this.notExpression, { LABEL: 'operand' });
          this.MANY(() => {
            this.CONSUME(T.LogicalOperator, { LABEL: 'operator' });
            this.SUBRULE2(this.notExpression, { LABEL: 'operand' });
          });
        },
      },
    ];
    this.OR({ IGNORE_AMBIGUITIES: true, DEF: this.expressionForms as IOrAlt<CstNode>[] });
  });

  readonly notExpression: Rule = this.RULE('notExpression', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => !this.is(1, kw('NOT')) || !(this.isEnd(2) || this.is(2, T.Dot)),
          ALT: () => {
            this.OR2([{ ALT: () => this.CONSUME(kw('NOT')) }, { ALT: () => this.CONSUME(T.Bang) }]);
            this.SUBRULE(this.notExpression);
          },
        },
        {
          GATE: () => this.is(2, T.LParen) && this.queryAt(3),
          ALT: () => {
            this.CONSUME(kw('EXISTS'));
            this.CONSUME(T.LParen);
            this.SUBRULE(this.query);
            this.CONSUME(T.RParen);
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.valueExpression);
            this.OPTION({
              GATE: () => !(this.is(1, kw('NOT')) || this.is(1, T.Bang)) || PREDICATES.has(this.LA(2).tokenType),
              DEF: () => this.SUBRULE(this.predicate),
            });
          },
        },
      ],
    });
  });

  readonly predicate = this.RULE('predicate', () => {
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(kw('NOT'), { LABEL: 'not' }) },
        { ALT: () => this.CONSUME(T.Bang, { LABEL: 'not' }) },
      ]);
    });
    this.OR2([
      {
        ALT: () => {
          this.CONSUME(kw('BETWEEN'), { LABEL: 'kind' });
          this.SUBRULE(this.valueExpression);
          this.CONSUME(kw('AND'));
          this.SUBRULE2(this.valueExpression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('IN'), { LABEL: 'kind' });
          this.OR3({
            IGNORE_AMBIGUITIES: true,
            DEF: [
              {
                GATE: () => this.queryAt(2),
                ALT: () => {
                  this.CONSUME(T.LParen);
                  this.SUBRULE(this.query);
                  this.CONSUME(T.RParen);
                },
              },
              { ALT: () => this.SUBRULE(this.expressionList) },
            ],
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('RLIKE'), { LABEL: 'kind' });
          this.SUBRULE3(this.valueExpression);
        },
      },
      {
        ALT: () => {
          this.OR4([
            { ALT: () => this.CONSUME(kw('LIKE'), { LABEL: 'kind' }) },
            { ALT: () => this.CONSUME(kw('ILIKE'), { LABEL: 'kind' }) },
          ]);
          this.OR5({
            IGNORE_AMBIGUITIES: true,
            DEF: [
              {
                GATE: () => this.is(2, T.LParen),
                ALT: () => {
                  this.OR6([
                    { ALT: () => this.CONSUME(kw('ANY'), { LABEL: 'quantifier' }) },
                    { ALT: () => this.CONSUME(kw('SOME'), { LABEL: 'quantifier' }) },
                    { ALT: () => this.CONSUME(kw('ALL'), { LABEL: 'quantifier' }) },
                  ]);
                  this.SUBRULE2(this.expressionList);
                },
              },
              {
                ALT: () => {
                  this.SUBRULE4(this.valueExpression);
                  this.OPTION2(() => {
                    this.CONSUME(kw('ESCAPE'));
                    this.CONSUME(T.StringLit, { LABEL: 'escape' });
                  });
                },
              },
            ],
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('IS'));
          this.OPTION3(() => {
            this.OR7([
              { ALT: () => this.CONSUME2(kw('NOT'), { LABEL: 'not' }) },
              { ALT: () => this.CONSUME2(T.Bang, { LABEL: 'not' }) },
            ]);
          });
          this.OR8([
            { ALT: () => this.CONSUME(kw('NULL'), { LABEL: 'kind' }) },
            { ALT: () => this.CONSUME(kw('TRUE'), { LABEL: 'kind' }) },
            { ALT: () => this.CONSUME(kw('FALSE'), { LABEL: 'kind' }) },
            { ALT: () => this.CONSUME(kw('UNKNOWN'), { LABEL: 'kind' }) },
            {
              ALT: () => {
                this.CONSUME(kw('DISTINCT'), { LABEL: 'kind' });
                this.CONSUME(kw('FROM'));
                this.SUBRULE5(this.valueExpression);
              },
            },
          ]);
        },
      },
    ]);
  });

  /** `(a, b)`, possibly empty. */
  readonly expressionList = this.RULE('expressionList', () => {
    this.CONSUME(T.LParen);
    this.MANY_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.expression) });
    this.CONSUME(T.RParen);
  });

  readonly valueExpression = this.RULE('valueExpression', () => {
    this.SUBRULE(this.unaryExpression, { LABEL: 'operand' });
    this.MANY({
      GATE: () => !(this.is(1, kw('DIV')) && (this.isEnd(2) || this.is(2, kw('FROM')))),
      DEF: () => {
        this.CONSUME(T.BinaryOperator, { LABEL: 'operator' });
        this.SUBRULE2(this.unaryExpression, { LABEL: 'operand' });
      },
    });
  });

  private unaryForms: IOrAlt<unknown>[] | undefined;
  readonly unaryExpression: Rule = this.RULE('unaryExpression', () => {
    this.unaryForms ??= [
      { GATE: () => this.isIn(1, T.Leaf) && !this.continuesAt(2), ALT: () => this.CONSUME(T.Leaf, { LABEL: 'leaf' }) },
      {
        GATE: () => !(this.is(1, T.Minus) && this.isIn(2, T.NumberLit)),
        ALT: () => {
          this.CONSUME(T.UnaryOperator, { LABEL: 'operator' });
          this.SUBRULE(this.unaryExpression);
        },
      },
      { ALT: () => this.SUBRULE(this.primaryExpression) },
    ];
    this.OR({ IGNORE_AMBIGUITIES: true, DEF: this.unaryForms as IOrAlt<CstNode>[] });
  });
  /** Whether the n-th token ahead makes more of the leaf before it: a field, call, cast, lambda, typed literal. */
  private continuesAt(n: number): boolean {
    return CONTINUATIONS.has(this.LA(n).tokenType) || this.isString(n);
  }

  readonly primaryExpression = this.RULE('primaryExpression', () => {
    this.SUBRULE(this.primaryBase);
    this.MANY({
      GATE: () => !this.is(1, kw('COLLATE')) || this.isWord(2),
      DEF: () => this.SUBRULE(this.postfix),
    });
  });

  readonly postfix = this.RULE('postfix', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Dot);
          this.OR2([
            { ALT: () => this.CONSUME(T.Word) },
            {
              ALT: () => {
                this.CONSUME(T.Asterisk);
                this.OPTION({ GATE: () => this.exceptColumnsAt(1), DEF: () => this.SUBRULE(this.exceptClause) });
              },
            },
          ]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.LBracket);
          this.SUBRULE(this.valueExpression);
          this.CONSUME(T.RBracket);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.DoubleColon);
          this.SUBRULE(this.dataType);
        },
      },
      {
        ALT: () => {
          this.CONSUME(kw('COLLATE'));
          this.SUBRULE(this.multipartIdentifier);
        },
      },
    ]);
  });

  private exceptColumnsAt(n: number): boolean {
    return this.is(n, kw('EXCEPT')) && this.is(n + 1, T.LParen) && !this.queryAt(n + 2);
  }
  readonly exceptClause = this.RULE('exceptClause', () => {
    this.CONSUME(kw('EXCEPT'));
    this.CONSUME(T.LParen);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.multipartIdentifier) });
    this.CONSUME(T.RParen);
  });

  /** Kept between calls: the list is long and rebuilding it for each name would show. */
  private alternatives: IOrAlt<unknown>[] | undefined;
  readonly primaryBase = this.RULE('primaryBase', () => {
    this.alternatives ??= this.primaryAlternatives();
    this.OR({ IGNORE_AMBIGUITIES: true, DEF: this.alternatives as IOrAlt<CstNode>[] });
  });

  private primaryAlternatives(): IOrAlt<unknown>[] {
    return [
      { GATE: () => this.functionCallAt(1) && !this.specialCallAt(), ALT: () => this.SUBRULE(this.functionCall) },
      { GATE: () => this.caseAt(), ALT: () => this.SUBRULE(this.caseExpression) },
      { GATE: () => this.is(2, T.LParen), ALT: () => this.SUBRULE(this.castExpression) },
      { GATE: () => this.is(2, T.LParen), ALT: () => this.SUBRULE(this.structExpression) },
      { GATE: () => this.callWith(kw('POSITION'), kw('IN')), ALT: () => this.SUBRULE(this.positionCall) },
      { GATE: () => this.callWith(kw('EXTRACT'), kw('FROM')), ALT: () => this.SUBRULE(this.extractCall) },
      { GATE: () => this.substringAt(), ALT: () => this.SUBRULE(this.substringCall) },
      { GATE: () => this.callWith(kw('TRIM'), kw('FROM')), ALT: () => this.SUBRULE(this.trimCall) },
      { GATE: () => this.callWith(kw('OVERLAY'), kw('PLACING')), ALT: () => this.SUBRULE(this.overlayCall) },
      {
        GATE: () => this.isIn(2, T.NumberLit) || this.intervalValueAt(2),
        ALT: () => this.SUBRULE(this.interval),
      },
      { GATE: () => this.isString(2), ALT: () => this.SUBRULE(this.typeConstructor) },
      { GATE: () => this.is(2, T.Arrow), ALT: () => this.SUBRULE(this.lambda) },
      { GATE: () => this.lambdaParametersAt(), ALT: () => this.SUBRULE2(this.lambda) },
      { GATE: () => this.parenthesizedQueryAt(1), ALT: () => this.SUBRULE(this.scalarSubquery) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => this.SUBRULE(this.constant) },
      {
        ALT: () => {
          this.CONSUME(T.Asterisk);
          this.OPTION({ GATE: () => this.exceptColumnsAt(1), DEF: () => this.SUBRULE(this.exceptClause) });
        },
      },
      { ALT: () => this.CONSUME(T.Word) },
    ];
  }

  private caseAt(): boolean {
    return this.is(1, kw('CASE')) && !this.isEnd(2) && !this.is(2, T.Dot) && !this.is(2, kw('FROM'));
  }
  private substringAt(): boolean {
    return this.callWith(kw('SUBSTRING'), kw('FROM')) || this.callWith(kw('SUBSTR'), kw('FROM'));
  }
  /** Calls with a syntax of their own. */
  private specialCallAt(): boolean {
    const { tokenType } = this.LA(1);
    if (tokenType === T.Identifier || tokenType === T.BackQuoted || !this.is(2, T.LParen)) return false;
    return (
      tokenType === kw('CASE') ||
      tokenType === kw('CAST') ||
      tokenType === kw('TRY_CAST') ||
      tokenType === kw('STRUCT') ||
      this.callWith(kw('POSITION'), kw('IN')) ||
      this.callWith(kw('EXTRACT'), kw('FROM')) ||
      this.substringAt() ||
      this.callWith(kw('TRIM'), kw('FROM')) ||
      this.callWith(kw('OVERLAY'), kw('PLACING'))
    );
  }
  private lambdaParametersAt(): boolean {
    const close = this.closing(1);
    return close > 0 && this.is(close + 1, T.Arrow);
  }
  /** Whether `[+-] value unit` stands ahead. */
  private intervalValueAt(n: number): boolean {
    const value = this.is(n, T.Plus) || this.is(n, T.Minus) ? n + 1 : n;
    if (!this.is(value, T.IntegerValue) && !this.is(value, T.DecimalValue) && !this.isString(value)) return false;
    return MULTI_UNITS.has(this.LA(value + 1).tokenType);
  }

  readonly caseExpression = this.RULE('caseExpression', () => {
    this.CONSUME(kw('CASE'));
    this.OPTION({ GATE: () => !this.is(1, kw('WHEN')), DEF: () => this.SUBRULE(this.expression, { LABEL: 'value' }) });
    this.AT_LEAST_ONE(() => {
      this.CONSUME(kw('WHEN'));
      this.SUBRULE2(this.expression, { LABEL: 'condition' });
      this.CONSUME(kw('THEN'));
      this.SUBRULE3(this.expression, { LABEL: 'result' });
    });
    this.OPTION2(() => {
      this.CONSUME(kw('ELSE'));
      this.SUBRULE4(this.expression, { LABEL: 'otherwise' });
    });
    this.CONSUME(kw('END'));
  });

  readonly castExpression = this.RULE('castExpression', () => {
    this.OR([{ ALT: () => this.CONSUME(kw('CAST')) }, { ALT: () => this.CONSUME(kw('TRY_CAST')) }]);
    this.CONSUME(T.LParen);
    this.SUBRULE(this.expression);
    this.CONSUME(kw('AS'));
    this.SUBRULE(this.dataType);
    this.CONSUME(T.RParen);
  });

  readonly structExpression = this.RULE('structExpression', () => {
    this.CONSUME(kw('STRUCT'));
    this.CONSUME(T.LParen);
    this.MANY_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.namedExpression) });
    this.CONSUME(T.RParen);
  });

  readonly positionCall = this.RULE('positionCall', () => {
    this.CONSUME(kw('POSITION'));
    this.CONSUME(T.LParen);
    this.SUBRULE(this.valueExpression);
    this.CONSUME(kw('IN'));
    this.SUBRULE2(this.valueExpression);
    this.CONSUME(T.RParen);
  });

  readonly extractCall = this.RULE('extractCall', () => {
    this.CONSUME(kw('EXTRACT'));
    this.CONSUME(T.LParen);
    this.CONSUME(T.Word, { LABEL: 'field' });
    this.CONSUME(kw('FROM'));
    this.SUBRULE(this.valueExpression);
    this.CONSUME(T.RParen);
  });

  readonly substringCall = this.RULE('substringCall', () => {
    this.OR([{ ALT: () => this.CONSUME(kw('SUBSTRING')) }, { ALT: () => this.CONSUME(kw('SUBSTR')) }]);
    this.CONSUME(T.LParen);
    this.SUBRULE(this.valueExpression);
    this.CONSUME(kw('FROM'));
    this.SUBRULE2(this.valueExpression);
    this.OPTION(() => {
      this.OR2([{ ALT: () => this.CONSUME(kw('FOR')) }, { ALT: () => this.CONSUME(T.Comma) }]);
      this.SUBRULE3(this.valueExpression);
    });
    this.CONSUME(T.RParen);
  });

  readonly trimCall = this.RULE('trimCall', () => {
    this.CONSUME(kw('TRIM'));
    this.CONSUME(T.LParen);
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(kw('BOTH'), { LABEL: 'side' }) },
        { ALT: () => this.CONSUME(kw('LEADING'), { LABEL: 'side' }) },
        { ALT: () => this.CONSUME(kw('TRAILING'), { LABEL: 'side' }) },
      ]);
    });
    this.OPTION2({
      GATE: () => !this.is(1, kw('FROM')),
      DEF: () => this.SUBRULE(this.valueExpression, { LABEL: 'characters' }),
    });
    this.CONSUME(kw('FROM'));
    this.SUBRULE2(this.valueExpression, { LABEL: 'source' });
    this.CONSUME(T.RParen);
  });

  readonly overlayCall = this.RULE('overlayCall', () => {
    this.CONSUME(kw('OVERLAY'));
    this.CONSUME(T.LParen);
    this.SUBRULE(this.valueExpression);
    this.CONSUME(kw('PLACING'));
    this.SUBRULE2(this.valueExpression);
    this.CONSUME(kw('FROM'));
    this.SUBRULE3(this.valueExpression);
    this.OPTION(() => {
      this.CONSUME(kw('FOR'));
      this.SUBRULE4(this.valueExpression);
    });
    this.CONSUME(T.RParen);
  });

  readonly typeConstructor = this.RULE('typeConstructor', () => {
    this.CONSUME(T.Word);
    this.CONSUME(T.StringLit);
  });

  readonly interval = this.RULE('interval', () => {
    this.CONSUME(kw('INTERVAL'));
    this.SUBRULE(this.intervalField);
    this.MANY({ GATE: () => this.intervalValueAt(1), DEF: () => this.SUBRULE2(this.intervalField) });
  });

  readonly intervalField = this.RULE('intervalField', () => {
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(T.Plus, { LABEL: 'sign' }) },
        { ALT: () => this.CONSUME(T.Minus, { LABEL: 'sign' }) },
      ]);
    });
    this.OR2([
      { ALT: () => this.CONSUME(T.NumberLit, { LABEL: 'value' }) },
      { ALT: () => this.CONSUME(T.StringLit, { LABEL: 'value' }) },
    ]);
    this.OR3([
      { GATE: () => MULTI_UNITS.has(this.LA(1).tokenType), ALT: () => this.CONSUME(T.Word, { LABEL: 'unit' }) },
    ]);
    this.OPTION2({
      GATE: () => MULTI_UNITS.has(this.LA(2).tokenType),
      DEF: () => {
        this.CONSUME(kw('TO'));
        this.CONSUME2(T.Word, { LABEL: 'to' });
      },
    });
  });

  readonly lambda = this.RULE('lambda', () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Word) },
      {
        ALT: () => {
          this.CONSUME(T.LParen);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.CONSUME2(T.Word) });
          this.CONSUME(T.RParen);
        },
      },
    ]);
    this.CONSUME(T.Arrow);
    this.SUBRULE(this.expression);
  });

  readonly scalarSubquery = this.RULE('scalarSubquery', () => {
    this.CONSUME(T.LParen);
    this.SUBRULE(this.query);
    this.CONSUME(T.RParen);
  });

  /** One expression in parentheses, or a row of several. */
  readonly parenthesized = this.RULE('parenthesized', () => {
    this.CONSUME(T.LParen);
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.namedExpression) });
    this.CONSUME(T.RParen);
  });

  readonly constant = this.RULE('constant', () => {
    this.OR([
      { ALT: () => this.CONSUME(kw('NULL')) },
      { ALT: () => this.CONSUME(kw('TRUE')) },
      { ALT: () => this.CONSUME(kw('FALSE')) },
      { ALT: () => this.CONSUME(T.Question) },
      {
        ALT: () => {
          this.CONSUME(T.Colon);
          this.CONSUME(T.Word);
        },
      },
      {
        ALT: () => {
          this.OPTION(() => this.CONSUME(T.Minus));
          this.CONSUME(T.NumberLit);
        },
      },
      { ALT: () => this.AT_LEAST_ONE(() => this.CONSUME(T.StringLit)) },
    ]);
  });

  readonly functionCall = this.RULE('functionCall', () => {
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
        { ALT: () => this.AT_LEAST_ONE_SEP2({ SEP: T.Dot, DEF: () => this.CONSUME(T.Word) }) },
      ],
    });
    this.CONSUME(T.LParen);
    this.OPTION({
      GATE: () => !this.isEnd(2) && !this.is(2, T.Dot),
      DEF: () => this.SUBRULE(this.setQuantifier),
    });
    this.MANY_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.functionArgument) });
    this.OPTION2(() => {
      this.CONSUME2(kw('IGNORE'), { LABEL: 'innerIgnore' });
      this.CONSUME2(kw('NULLS'));
    });
    this.CONSUME(T.RParen);
    this.OPTION3({
      GATE: () => this.is(2, kw('GROUP')),
      DEF: () => {
        this.CONSUME(kw('WITHIN'));
        this.CONSUME(kw('GROUP'));
        this.CONSUME3(T.LParen);
        this.CONSUME(kw('ORDER'));
        this.CONSUME(kw('BY'));
        this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.sortItem) });
        this.CONSUME3(T.RParen);
      },
    });
    this.OPTION4({
      GATE: () => this.is(2, T.LParen) && this.is(3, kw('WHERE')),
      DEF: () => {
        this.CONSUME(kw('FILTER'));
        this.CONSUME4(T.LParen);
        this.CONSUME(kw('WHERE'));
        this.SUBRULE2(this.expression, { LABEL: 'where' });
        this.CONSUME4(T.RParen);
      },
    });
    this.OPTION5({
      GATE: () => this.is(2, kw('NULLS')),
      DEF: () => {
        this.OR2([
          { ALT: () => this.CONSUME(kw('IGNORE'), { LABEL: 'nulls' }) },
          { ALT: () => this.CONSUME(kw('RESPECT'), { LABEL: 'nulls' }) },
        ]);
        this.CONSUME(kw('NULLS'));
      },
    });
    this.OPTION6({
      GATE: () => this.is(2, T.LParen) || (this.isWord(2) && !this.clauseAt(2)),
      DEF: () => {
        this.CONSUME(kw('OVER'));
        this.SUBRULE(this.windowSpec);
      },
    });
  });

  readonly functionArgument = this.RULE('functionArgument', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.is(1, kw('TABLE')) && (this.is(2, T.LParen) || this.isWord(2)),
          ALT: () => this.SUBRULE(this.tableArgument),
        },
        {
          GATE: () => this.is(2, T.FatArrow),
          ALT: () => {
            this.CONSUME(T.Word, { LABEL: 'key' });
            this.CONSUME(T.FatArrow);
            this.OR2({
              IGNORE_AMBIGUITIES: true,
              DEF: [
                { GATE: () => this.is(2, T.LParen), ALT: () => this.SUBRULE2(this.tableArgument) },
                { ALT: () => this.SUBRULE2(this.expression) },
              ],
            });
          },
        },
        { ALT: () => this.SUBRULE(this.expression) },
      ],
    });
  });

  /** A relation handed to a table function. */
  readonly tableArgument = this.RULE('tableArgument', () => {
    this.CONSUME(kw('TABLE'));
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.queryAt(2),
          ALT: () => {
            this.CONSUME(T.LParen);
            this.SUBRULE(this.query);
            this.CONSUME(T.RParen);
          },
        },
        {
          ALT: () => {
            this.CONSUME2(T.LParen);
            this.SUBRULE(this.identifierReference);
            this.CONSUME2(T.RParen);
          },
        },
        { ALT: () => this.SUBRULE2(this.identifierReference) },
      ],
    });
    this.OPTION(() => {
      this.OR2([
        {
          ALT: () => {
            this.CONSUME(kw('WITH'));
            this.CONSUME(kw('SINGLE'));
            this.CONSUME(kw('PARTITION'));
          },
        },
        {
          ALT: () => {
            this.OR3([{ ALT: () => this.CONSUME2(kw('PARTITION')) }, { ALT: () => this.CONSUME(kw('DISTRIBUTE')) }]);
            this.CONSUME(kw('BY'));
            this.SUBRULE(this.expression);
          },
        },
      ]);
    });
    this.OPTION2(() => {
      this.OR4([{ ALT: () => this.CONSUME(kw('ORDER')) }, { ALT: () => this.CONSUME(kw('SORT')) }]);
      this.CONSUME2(kw('BY'));
      this.SUBRULE(this.sortItem);
    });
  });

  readonly setQuantifier = this.RULE('setQuantifier', () => {
    this.OR([{ ALT: () => this.CONSUME(kw('DISTINCT')) }, { ALT: () => this.CONSUME(kw('ALL')) }]);
  });

  readonly sortItem = this.RULE('sortItem', () => {
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(kw('ASC')) }, { ALT: () => this.CONSUME(kw('DESC')) }]);
    });
    this.OPTION2(() => {
      this.CONSUME(kw('NULLS'));
      this.OR2([{ ALT: () => this.CONSUME(kw('FIRST')) }, { ALT: () => this.CONSUME(kw('LAST')) }]);
    });
  });

  readonly windowSpec = this.RULE('windowSpec', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { ALT: () => this.CONSUME(T.Word, { LABEL: 'name' }) },
        {
          GATE: () => this.isWord(2) && this.is(3, T.RParen),
          ALT: () => {
            this.CONSUME(T.LParen);
            this.CONSUME2(T.Word, { LABEL: 'name' });
            this.CONSUME(T.RParen);
          },
        },
        {
          ALT: () => {
            this.CONSUME2(T.LParen);
            this.OPTION(() => {
              this.OR2([
                { ALT: () => this.CONSUME(kw('CLUSTER')) },
                { ALT: () => this.CONSUME(kw('PARTITION')) },
                { ALT: () => this.CONSUME(kw('DISTRIBUTE')) },
              ]);
              this.CONSUME(kw('BY'));
              this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.expression) });
            });
            this.OPTION2(() => {
              this.OR3([{ ALT: () => this.CONSUME(kw('ORDER')) }, { ALT: () => this.CONSUME(kw('SORT')) }]);
              this.CONSUME2(kw('BY'));
              this.AT_LEAST_ONE_SEP2({ SEP: T.Comma, DEF: () => this.SUBRULE(this.sortItem) });
            });
            this.OPTION3(() => this.SUBRULE(this.windowFrame));
            this.CONSUME2(T.RParen);
          },
        },
      ],
    });
  });

  readonly windowFrame = this.RULE('windowFrame', () => {
    this.OR([{ ALT: () => this.CONSUME(kw('RANGE')) }, { ALT: () => this.CONSUME(kw('ROWS')) }]);
    this.OR2({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.is(1, kw('BETWEEN')),
          ALT: () => {
            this.CONSUME(kw('BETWEEN'));
            this.SUBRULE(this.frameBound);
            this.CONSUME(kw('AND'));
            this.SUBRULE2(this.frameBound);
          },
        },
        { ALT: () => this.SUBRULE3(this.frameBound) },
      ],
    });
  });

  readonly frameBound = this.RULE('frameBound', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.is(2, kw('PRECEDING')) || this.is(2, kw('FOLLOWING')),
          ALT: () => {
            this.CONSUME(kw('UNBOUNDED'));
            this.OR2([{ ALT: () => this.CONSUME(kw('PRECEDING')) }, { ALT: () => this.CONSUME(kw('FOLLOWING')) }]);
          },
        },
        {
          GATE: () => this.is(2, kw('ROW')),
          ALT: () => {
            this.CONSUME(kw('CURRENT'));
            this.CONSUME(kw('ROW'));
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.expression);
            this.OR3([{ ALT: () => this.CONSUME2(kw('PRECEDING')) }, { ALT: () => this.CONSUME2(kw('FOLLOWING')) }]);
          },
        },
      ],
    });
  });

  readonly dataType: Rule = this.RULE('dataType', () => {
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        {
          GATE: () => this.is(2, T.Lt),
          ALT: () => {
            this.CONSUME(kw('ARRAY'));
            this.CONSUME(T.Lt);
            this.SUBRULE(this.dataType);
            this.CONSUME(T.Gt);
          },
        },
        {
          GATE: () => this.is(2, T.Lt),
          ALT: () => {
            this.CONSUME(kw('MAP'));
            this.CONSUME2(T.Lt);
            this.SUBRULE2(this.dataType);
            this.CONSUME(T.Comma);
            this.SUBRULE3(this.dataType);
            this.CONSUME2(T.Gt);
          },
        },
        {
          GATE: () => this.is(2, T.Lt) || this.is(2, T.NotEq),
          ALT: () => {
            this.CONSUME(kw('STRUCT'));
            this.OR2([
              {
                ALT: () => {
                  this.CONSUME3(T.Lt);
                  this.MANY_SEP({ SEP: T.Comma, DEF: () => this.SUBRULE(this.complexColType) });
                  this.CONSUME3(T.Gt);
                },
              },
              { ALT: () => this.CONSUME(T.NotEq) },
            ]);
          },
        },
        {
          GATE: () => MULTI_UNITS.has(this.LA(2).tokenType),
          ALT: () => {
            this.CONSUME(kw('INTERVAL'));
            this.CONSUME(T.Word, { LABEL: 'from' });
            this.OPTION(() => {
              this.CONSUME(kw('TO'));
              this.CONSUME2(T.Word, { LABEL: 'to' });
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME3(T.Word, { LABEL: 'type' });
            this.OPTION2({
              GATE: () => this.is(2, T.IntegerValue),
              DEF: () => {
                this.CONSUME(T.LParen);
                this.AT_LEAST_ONE_SEP({
                  SEP: T.Comma,
                  DEF: () => this.CONSUME(T.IntegerValue, { LABEL: 'parameter' }),
                });
                this.CONSUME(T.RParen);
              },
            });
            this.OPTION3({
              GATE: () => this.isWord(2),
              DEF: () => {
                this.CONSUME(kw('COLLATE'));
                this.SUBRULE(this.multipartIdentifier, { LABEL: 'collation' });
              },
            });
          },
        },
      ],
    });
  });

  readonly complexColType = this.RULE('complexColType', () => {
    this.CONSUME(T.Word);
    this.OPTION(() => this.CONSUME(T.Colon));
    this.SUBRULE(this.dataType);
    this.OPTION2(() => {
      this.CONSUME(kw('NOT'));
      this.CONSUME(kw('NULL'));
    });
    this.OPTION3(() => {
      this.CONSUME(kw('COMMENT'));
      this.CONSUME(T.StringLit, { LABEL: 'comment' });
    });
  });
}
