/** Window functions and generators. The form is described in `parse.ts`; the answers are recorded from Spark. */
export const windowDocs = (): string => String.raw`
row_number 2.0.0
@ window
: row_number() OVER (… ORDER BY …)
- Number of the row in its window partition, from 1.
> SELECT a, b, row_number() OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	1
  A1	1	2
  A1	2	3
  A2	3	1

rank 2.0.0
@ window
: rank() OVER (… ORDER BY …)
- One more than the number of rows before the row's peers: equal rows share a rank, and gaps follow.
> SELECT a, b, rank() OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	1
  A1	1	1
  A1	2	3
  A2	3	1

dense_rank 2.0.0
@ window
: dense_rank() OVER (… ORDER BY …)
- As rank, without gaps.
> SELECT a, b, dense_rank() OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	1
  A1	1	1
  A1	2	2
  A2	3	1

percent_rank 2.0.0
@ window
: percent_rank() OVER (… ORDER BY …)
- Rank less 1, divided by the number of rows less 1; 0 for a single row.
> SELECT a, b, percent_rank() OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	0.0
  A1	1	0.0
  A1	2	1.0
  A2	3	0.0

cume_dist 2.0.0
@ window
: cume_dist() OVER (… ORDER BY …)
- Part of the window partition's rows that are not after the row.
> SELECT a, b, cume_dist() OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	0.6666666666666666
  A1	1	0.6666666666666666
  A1	2	1.0
  A2	3	1.0

ntile 2.0.0
@ window
: ntile([n]) OVER (… ORDER BY …)
- Number of the bucket when the rows are cut into n buckets of nearly equal size, the first ones larger.
> SELECT a, b, ntile(2) OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	1
  A1	1	1
  A1	2	2
  A2	3	1

lag 2.0.0
@ window
: lag(expr[, offset[, default]]) [IGNORE NULLS] OVER (… ORDER BY …)
- The value some rows before, by default one; the default, or null, where there is no such row.
> SELECT a, b, lag(b) OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	NULL
  A1	1	1
  A1	2	1
  A2	3	NULL

lead 2.0.0
@ window
: lead(expr[, offset[, default]]) [IGNORE NULLS] OVER (… ORDER BY …)
- The value some rows after, by default one; the default, or null, where there is no such row.
> SELECT a, b, lead(b, 1, 0) OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	1
  A1	1	2
  A1	2	0
  A2	3	0

nth_value 3.1.0
@ window
: nth_value(expr, n) [IGNORE NULLS] OVER (…)
- The value of the n-th row of the window frame, counted from 1.
! Null while the frame has fewer rows.
> SELECT a, b, nth_value(b, 2) OVER (PARTITION BY a ORDER BY b) FROM VALUES ('A1', 2), ('A1', 1), ('A2', 3), ('A1', 1) tab(a, b) ORDER BY 1, 2, 3
  A1	1	1
  A1	1	1
  A1	2	1
  A2	3	NULL

explode 1.0.0
@ generator
: explode(collection)
- A row for each element of an array (column "col") or entry of a map (columns "key", "value").
! No rows for an empty or null collection.
> SELECT explode(array(10, 20))
  10
  20
> SELECT * FROM explode(map('a', 1, 'b', 2))
  a	1
  b	2

explode_outer 1.0.0
@ generator
: explode_outer(collection)
- As explode, with one row of nulls for an empty or null collection.
> SELECT explode_outer(array(10, 20))
  10
  20
> SELECT explode_outer(CAST(NULL AS ARRAY<INT>))
  NULL

posexplode 2.0.0
@ generator
: posexplode(collection)
- As explode, with a column "pos" of positions from 0 in front.
> SELECT posexplode(array(10, 20))
  0	10
  1	20

posexplode_outer 2.0.0
@ generator
: posexplode_outer(collection)
- As posexplode, with one row of nulls for an empty or null collection.
> SELECT posexplode_outer(array(10, 20))
  0	10
  1	20

inline 2.0.0
@ generator
: inline(array)
- A row for each struct of an array, its fields as columns.
> SELECT inline(array(struct(1, 'a'), struct(2, 'b')))
  1	a
  2	b

inline_outer 2.0.0
@ generator
: inline_outer(array)
- As inline, with one row of nulls for an empty or null array.
> SELECT inline_outer(array(struct(1, 'a'), struct(2, 'b')))
  1	a
  2	b

stack 2.0.0
@ generator
: stack(n, expr, …)
- The expressions in n rows of columns col0, col1, …
> SELECT stack(2, 1, 2, 3)
  1	2
  3	NULL

json_tuple 1.6.0
@ generator
: json_tuple(json, field, …)
- Texts of top-level fields of a JSON text as columns c0, c1, …
> SELECT json_tuple('{"a":1, "b":2}', 'a', 'b')
  1	2

range 2.0.0
@ generator
: range(end)
: range(start, end[, step[, numPartitions]])
- A table of the numbers from start to end (left out) by a step, in the column "id". It stands in FROM only.
> SELECT * FROM range(0, 6, 2)
  0
  2
  4

window 2.0.0
@ datetime
: window(time, duration[, slide[, start]])
- The time window that a timestamp falls in, as a struct of start and end; for a slide shorter than the duration a row for each of the windows. It groups rows, or is a column.
! Rows without a time are left out. A query may hold one such window. Durations are constant texts such as '5 minutes', or microseconds, without months.
> SELECT a, window.start, window.end, count(*) FROM VALUES ('A1', TIMESTAMP '2021-01-01 00:00:00'), ('A1', TIMESTAMP '2021-01-01 00:04:30'), ('A1', TIMESTAMP '2021-01-01 00:06:00') AS tab(a, b) GROUP BY a, window(b, '5 minutes') ORDER BY a, window.start
  A1	2021-01-01 00:00:00	2021-01-01 00:05:00	2
  A1	2021-01-01 00:05:00	2021-01-01 00:10:00	1
> SELECT window(TIMESTAMP '2021-01-01 00:06:00', '10 minutes', '5 minutes')
  {"start":2021-01-01 00:05:00,"end":2021-01-01 00:15:00}
  {"start":2021-01-01 00:00:00,"end":2021-01-01 00:10:00}

session_window 3.2.0
@ datetime
: session_window(time, gap)
- The session that a timestamp belongs to, as a struct of start and end: rows of a group whose times are less than a gap apart share one.
! Rows without a time are left out. A query may hold one such window.
> SELECT a, session_window.start, session_window.end, count(*) FROM VALUES ('A1', TIMESTAMP '2021-01-01 00:00:00'), ('A1', TIMESTAMP '2021-01-01 00:04:30'), ('A1', TIMESTAMP '2021-01-01 00:10:00') AS tab(a, b) GROUP BY a, session_window(b, '5 minutes') ORDER BY a, session_window.start
  A1	2021-01-01 00:00:00	2021-01-01 00:09:30	2
  A1	2021-01-01 00:10:00	2021-01-01 00:15:00	1

window_time 3.4.0
@ datetime
: window_time(window)
- The last moment in a column that window or session_window made: a microsecond before its end.
> SELECT a, window_time(window), cnt FROM (SELECT a, window, count(*) AS cnt FROM VALUES ('A1', TIMESTAMP '2021-01-01 00:00:00'), ('A1', TIMESTAMP '2021-01-01 00:06:00') AS tab(a, b) GROUP BY a, window(b, '5 minutes')) ORDER BY 1, 2
  A1	2021-01-01 00:04:59.999999	1
  A1	2021-01-01 00:09:59.999999	1

sql_keywords 3.5.0
@ generator
: sql_keywords()
- A table of Spark's keywords and whether they are reserved. It stands in FROM only.
> SELECT keyword, reserved FROM sql_keywords() WHERE keyword LIKE 'W%' ORDER BY 1
  WEEK	false
  WEEKS	false
  WHEN	false
  WHERE	false
  WHILE	false
  WINDOW	false
  WITH	false
  WITHIN	false
`;
