/** Aggregate functions. The form is described in `parse.ts`; the answers are recorded from Spark. */
export const aggregateDocs = (): string => String.raw`
count 1.0.0
: count(*)
: count([DISTINCT] expr[, …])
- Number of rows, or of rows in which no argument is null.
! 0 for no rows.
> SELECT count(*), count(col), count(DISTINCT col) FROM VALUES (NULL), (5), (5), (20) AS tab(col)
  4	3	2

count_if 3.0.0
! 0 for no rows.
> SELECT count_if(col % 2 = 0) FROM VALUES (NULL), (0), (1), (2), (3) AS tab(col)
  2

sum 1.0.0
- Sum of the values that are not null: bigint for integers, a wider decimal for decimals.
! Null if there are none. An overflow is ARITHMETIC_OVERFLOW under ANSI.
> SELECT sum(col) FROM VALUES (5), (10), (NULL) AS tab(col)
  15

try_sum 3.3.0
> SELECT try_sum(col) FROM VALUES (5), (10), (15) AS tab(col)
  30
> SELECT try_sum(col) FROM VALUES (9223372036854775807L), (1L) AS tab(col)
  NULL

avg 1.0.0
! Null if there is no value.
> SELECT avg(col), mean(col) FROM VALUES (1), (2), (NULL) AS tab(col)
  1.5	1.5

try_avg 3.3.0
> SELECT try_avg(col) FROM VALUES (1), (2), (3) AS tab(col)
  2.0

min 1.0.0
> SELECT min(col) FROM VALUES (10), (-1), (NULL) AS tab(col)
  -1

max 1.0.0
> SELECT max(col) FROM VALUES (10), (50), (NULL) AS tab(col)
  50

min_by 3.0.0
> SELECT min_by(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)
  a

max_by 3.0.0
> SELECT max_by(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)
  b

first 2.0.0
- First value of the group, or the first that is not null. Without an order any value may be the first.
> SELECT first(col), first_value(col, true) FROM VALUES (NULL), (5), (20) AS tab(col)
  NULL	5

last 2.0.0
- Last value of the group, or the last that is not null. Without an order any value may be the last.
> SELECT last(col), last_value(col, true) FROM VALUES (5), (20), (NULL) AS tab(col)
  NULL	20

any_value 3.4.0
- Some value of the group, or some that is not null.
> SELECT any_value(col), any_value(col, true) FROM VALUES (NULL), (5), (20) AS tab(col)
  NULL	5

bool_and 3.0.0
! Null if there is no value.
> SELECT bool_and(col), every(col) FROM VALUES (true), (NULL), (true) AS tab(col)
  true	true

bool_or 3.0.0
! Null if there is no value.
> SELECT bool_or(col), some(col), any(col) FROM VALUES (false), (NULL), (true) AS tab(col)
  true	true	true

stddev 1.6.0
! Null for a single value.
> SELECT stddev(col), stddev_samp(col), std(col) FROM VALUES (1), (2), (3) AS tab(col)
  1.0	1.0	1.0

stddev_pop 1.6.0
> SELECT stddev_pop(col) FROM VALUES (1), (2), (3) AS tab(col)
  0.816496580927726

var_samp 1.6.0
! Null for a single value.
> SELECT var_samp(col), variance(col) FROM VALUES (1), (2), (3) AS tab(col)
  1.0	1.0

var_pop 1.6.0
> SELECT var_pop(col) FROM VALUES (1), (2), (3) AS tab(col)
  0.6666666666666666

skewness 1.6.0
> SELECT skewness(col) FROM VALUES (-10), (-20), (100), (1000) AS tab(col)
  1.1135657469022011

kurtosis 1.6.0
> SELECT kurtosis(col) FROM VALUES (1), (10), (100), (10), (1) AS tab(col)
  0.19432323191698986

covar_pop 2.0.0
> SELECT covar_pop(c1, c2) FROM VALUES (1, 1), (2, 2), (3, 3) AS tab(c1, c2)
  0.6666666666666666

covar_samp 2.0.0
> SELECT covar_samp(c1, c2) FROM VALUES (1, 1), (2, 2), (3, 3) AS tab(c1, c2)
  1.0

corr 1.6.0
> SELECT corr(c1, c2) FROM VALUES (3, 2), (3, 3), (6, 4) AS tab(c1, c2)
  0.8660254037844387

regr_count 3.3.0
> SELECT regr_count(y, x) FROM VALUES (1, 2), (2, NULL), (2, 3), (2, 4) AS tab(y, x)
  3

regr_avgx 3.3.0
> SELECT regr_avgx(y, x) FROM VALUES (1, 2), (2, NULL), (2, 3), (2, 4) AS tab(y, x)
  3.0

regr_avgy 3.3.0
> SELECT regr_avgy(y, x) FROM VALUES (1, 2), (2, NULL), (2, 3), (2, 4) AS tab(y, x)
  1.6666666666666667

regr_sxx 3.4.0
- Sum of the squared distances of x from its mean, over pairs without null.
> SELECT regr_sxx(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)
  2.75

regr_syy 3.4.0
- Sum of the squared distances of y from its mean, over pairs without null.
> SELECT regr_syy(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)
  0.75

regr_sxy 3.4.0
- Sum of the products of the distances of x and y from their means, over pairs without null.
> SELECT regr_sxy(y, x) FROM VALUES (1, 1), (2, 2), (3, 3) AS tab(y, x)
  2.0

regr_slope 3.4.0
> SELECT regr_slope(y, x) FROM VALUES (1, 1), (2, 2), (3, 3) AS tab(y, x)
  1.0

regr_intercept 3.4.0
> SELECT regr_intercept(y, x) FROM VALUES (1, 1), (2, 2), (3, 3) AS tab(y, x)
  0.0

regr_r2 3.3.0
> SELECT regr_r2(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)
  0.2727272727272726

collect_list 2.0.0
! An empty array for no values.
> SELECT collect_list(col), array_agg(col) FROM VALUES (1), (2), (NULL), (1) AS tab(col)
  [1,2,1]	[1,2,1]

collect_set 2.0.0
- Distinct values that are not null, in no order.
> SELECT sort_array(collect_set(col)) FROM VALUES (1), (2), (NULL), (1) AS tab(col)
  [1,2]

mode 3.4.0
: mode(expr[, deterministic])
: mode() WITHIN GROUP (ORDER BY expr [DESC])
- Most frequent value; of several the first in the order, if one is given.
> SELECT mode(col) FROM VALUES (0), (10), (10) AS tab(col)
  10
> SELECT mode() WITHIN GROUP (ORDER BY col DESC) FROM VALUES (0), (10), (10), (20), (20) AS tab(col)
  20

listagg 4.0.0
: listagg([DISTINCT] expr[, delimiter]) [WITHIN GROUP (ORDER BY key, …)]
- Values that are not null, joined with a delimiter.
! Null if there are none.
> SELECT listagg(col, ', ') WITHIN GROUP (ORDER BY col DESC) FROM VALUES ('a'), ('b'), (NULL), ('c') AS tab(col)
  c, b, a
> SELECT string_agg(col) FROM VALUES ('a'), ('b') AS tab(col)
  ab

bit_and 3.0.0
- Bitwise AND of the values that are not null.
> SELECT bit_and(col) FROM VALUES (3), (5) AS tab(col)
  1

bit_or 3.0.0
- Bitwise OR of the values that are not null.
> SELECT bit_or(col) FROM VALUES (3), (5) AS tab(col)
  7

bit_xor 3.0.0
- Bitwise XOR of the values that are not null.
> SELECT bit_xor(col) FROM VALUES (3), (5) AS tab(col)
  6

percentile 2.1.0
- Exact percentile, or an array of them, at a fraction between 0 and 1, interpolated; a third argument counts each value several times.
> SELECT percentile(col, 0.3), percentile(col, array(0.25, 0.75)) FROM VALUES (0), (10) AS tab(col)
  3.0	[2.5,7.5]

percentile_cont 4.0.0
: percentile_cont(percentage) WITHIN GROUP (ORDER BY col [DESC])
- Exact percentile in an order, interpolated between neighbours.
> SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)
  2.5

percentile_disc 4.0.0
: percentile_disc(percentage) WITHIN GROUP (ORDER BY col [DESC])
- First value in an order at or above a percentile.
> SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)
  0.0

median 3.4.0
- Middle value, the mean of the two middle ones for an even number.
> SELECT median(col) FROM VALUES (0), (10), (3), (4) AS tab(col)
  3.5

percentile_approx 2.1.0
- Approximate percentile, one of the values; 1 / accuracy (by default 1 / 10000) bounds the error in rank.
> SELECT percentile_approx(col, array(0.5, 0.4, 0.1), 100), approx_percentile(col, 0.5) FROM VALUES (0), (1), (2), (10) AS tab(col)
  [1,1,0]	1

approx_count_distinct 1.6.0
- Approximate number of distinct values that are not null, by HyperLogLog++; the second argument is the greatest relative standard deviation, 0.05 by default.
> SELECT approx_count_distinct(col) FROM VALUES (1), (1), (2), (2), (3) AS tab(col)
  3

histogram_numeric 3.3.0
- Histogram of at most nb bins: an array of pairs of a bin's centre x and height y.
> SELECT histogram_numeric(col, 5) FROM VALUES (0), (1), (2), (10) AS tab(col)
  [{"x":0,"y":1.0},{"x":1,"y":1.0},{"x":2,"y":1.0},{"x":10,"y":1.0}]

bitmap_construct_agg 3.5.0
- Bitmap of 32768 bits with the bits at the given positions set.
> SELECT substring(hex(bitmap_construct_agg(bitmap_bit_position(col))), 1, 6) FROM VALUES (1), (2), (3) AS tab(col)
  070000

bitmap_or_agg 3.5.0
- Union of bitmaps.
> SELECT substring(hex(bitmap_or_agg(col)), 1, 6) FROM VALUES (X'10'), (X'20'), (X'40') AS tab(col)
  700000

grouping 2.0.0
@ aggregate
: grouping(col)
- 1 if a column of GROUPING SETS, ROLLUP or CUBE is aggregated away in the row, else 0.
> SELECT name, grouping(name), sum(age) FROM VALUES (2, 'Alice'), (5, 'Bob') AS people(age, name) GROUP BY CUBE(name) ORDER BY 1
  NULL	1	7
  Alice	0	2
  Bob	0	5

grouping_id 2.0.0
@ aggregate
: grouping_id([col, …])
- The bits of grouping() of all grouping columns as one bigint.
> SELECT name, grouping_id(), sum(age) FROM VALUES (2, 'Alice'), (5, 'Bob') AS people(age, name) GROUP BY CUBE(name) ORDER BY 1
  NULL	1	7
  Alice	0	2
  Bob	0	5

count_min_sketch 2.2.0
- Count-min sketch of the values as bytes, for a relative error, a confidence and a seed.
> SELECT hex(count_min_sketch(col, 0.5D, 0.5D, 1)) FROM VALUES (1), (2), (1) AS tab(col)
  0000000100000000000000030000000100000004000000005D8D6AB90000000000000000000000000000000200000000000000010000000000000000
`;
