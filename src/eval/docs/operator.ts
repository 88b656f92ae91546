/** Predicates, conditions, casts and the session. The form is described in `parse.ts`; the answers are recorded from Spark. */
export const operatorDocs = (): string => String.raw`
= 1.0.0
! Sides of different types are cast to a common one. Maps do not compare.
> SELECT 2 = 2, 1 = '1', true = NULL
  true	true	NULL

<=> 1.1.0
! Never null.
> SELECT 2 <=> 2, 1 <=> NULL, NULL <=> NULL
  true	false	true

!=
@ predicate
= <>
: expr1 != expr2
: expr1 <> expr2
- Inequality; null if a side is null.
> SELECT 1 != 2, 1 <> 1, true != NULL
  true	false	NULL

equal_null 3.4.0
! Never null.
> SELECT equal_null(3, 3), equal_null(NULL, 'abc'), equal_null(NULL, NULL)
  true	false	true

< 1.0.0
> SELECT 1 < 2, to_date('2009-07-30') < to_date('2009-07-30'), 1 < NULL
  true	false	NULL

<= 1.0.0
> SELECT 2 <= 2, 1.0 <= '1'
  true	true

> 1.0.0
> SELECT 2 > 1, 'b' > 'a'
  true	true

>= 1.0.0
> SELECT 2 >= 1, NULL >= 1
  true	NULL

not 1.0.0
: NOT expr
- Logical negation.
! Null for null.
> SELECT NOT true, !false, NOT NULL
  false	true	NULL

and 1.0.0
: expr1 AND expr2
- Whether both sides hold.
! False if a side is false, else null if a side is null.
> SELECT true AND true, true AND false, false AND NULL, true AND NULL
  true	false	false	NULL

or 1.0.0
: expr1 OR expr2
- Whether a side holds.
! True if a side is true, else null if a side is null.
> SELECT true OR false, false OR false, true OR NULL, false OR NULL
  true	false	true	NULL

isnull 1.0.0
! Never null.
> SELECT isnull(1), NULL IS NULL
  false	true

isnotnull 1.0.0
! Never null.
> SELECT isnotnull(1), NULL IS NOT NULL
  true	false

isnan 1.5.0
> SELECT isnan(CAST('NaN' AS DOUBLE)), isnan(NULL)
  true	false

in 1.0.0
: expr [NOT] IN (value, …)
- Whether the value is one of others.
! Null if it is not and one of them, or the value itself, is null.
> SELECT 1 IN (1, 2, 3), 1 IN (2, 3, NULL), named_struct('a', 1) IN (named_struct('a', 1))
  true	NULL	true

between 1.0.0
: expr [NOT] BETWEEN lower AND upper
- Whether the value lies between two others, these included.
> SELECT 0.5 BETWEEN 0.1 AND 1.0, 1 NOT BETWEEN 2 AND 3
  true	true

if 1.0.0
- The second argument if the condition holds, else the third.
! A null condition does not hold.
> SELECT if(1 < 2, 'a', 'b'), if(NULL, 1, 2)
  a	2

when 1.0.1
: CASE WHEN condition THEN value [WHEN …] [ELSE value] END
- The value of the first condition that holds.
! Null if none holds and there is no ELSE.
> SELECT CASE WHEN 1 > 0 THEN 1 WHEN 2 > 0 THEN 2.0 ELSE 1.2 END, CASE WHEN 1 < 0 THEN 1 END
  1.0	NULL

case
@ conditional
: CASE expr WHEN value THEN result [WHEN …] [ELSE result] END
- The result beside the first value that the expression equals.
! Null if it equals none and there is no ELSE.
> SELECT CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END
  two

coalesce 1.0.0
! Null if all arguments are.
> SELECT coalesce(NULL, 1, NULL)
  1

nvl 2.0.0
> SELECT nvl(NULL, array('2')), ifnull(1, 2)
  ["2"]	1

nvl2 2.0.0
> SELECT nvl2(NULL, 2, 1), nvl2(3, 2, 1)
  1	2

nullif 2.0.0
> SELECT nullif(2, 2), nullif(1, 2)
  NULL	1

nullifzero 4.0.0
> SELECT nullifzero(0), nullifzero(2)
  NULL	2

zeroifnull 4.0.0
> SELECT zeroifnull(NULL), zeroifnull(2)
  0	2

nanvl 1.5.0
> SELECT nanvl(CAST('NaN' AS DOUBLE), 123)
  123.0

cast 1.0.0
@ conversion
= bigint binary boolean date decimal double float int smallint string timestamp tinyint
: CAST(expr AS type)
: expr :: type
: type(expr)
- The value as another type; the names of simple types are functions, too. TRY_CAST gives null where CAST raises an error.
! Under ANSI a value that does not fit is CAST_OVERFLOW and a text that does not parse CAST_INVALID_INPUT; without ANSI null or a wrapped integer.
> SELECT CAST('10' AS INT), '2020-01-01'::DATE, TRY_CAST('a' AS INT), double('1e3')
  10	2020-01-01	NULL	1000.0
> SELECT CAST('a' AS INT)
  error CAST_INVALID_INPUT

typeof 3.0.0
> SELECT typeof(1), typeof(array(1))
  int	array<int>

assert_true 2.0.0
- Null if the condition is true.
! Else USER_RAISED_EXCEPTION with the message.
> SELECT assert_true(0 < 1)
  NULL
> SELECT assert_true(0 > 1, 'not so')
  error USER_RAISED_EXCEPTION

raise_error 3.1.0
> SELECT raise_error('custom error message')
  error USER_RAISED_EXCEPTION

uuid 2.3.0
> SELECT length(uuid())
  36

spark_partition_id 1.4.0
> SELECT spark_partition_id()
  0

monotonically_increasing_id 1.4.0
- A number that grows within a partition; the partition's number is in the bits above the lower 33.
> SELECT monotonically_increasing_id()
  0

version 3.0.0
> SELECT left(version(), 5)
  4.0.1

current_user 3.2.0
> SELECT current_user() = user(), session_user() IS NULL
  true	false

current_catalog 3.1.0
> SELECT current_catalog()
  spark_catalog

current_database 1.6.0
- Name of the current database.
> SELECT current_database(), current_schema()
  default	default

input_file_name 1.5.0
> SELECT input_file_name()
  

input_file_block_start 2.2.0
> SELECT input_file_block_start()
  -1

input_file_block_length 2.2.0
> SELECT input_file_block_length()
  -1
`;
