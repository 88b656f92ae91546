/** Arrays, maps, structs, JSON and CSV. The form is described in `parse.ts`; the answers are recorded from Spark. */
export const collectionDocs = (): string => String.raw`
array 1.1.0
> SELECT array(1, 2, 3), array()
  [1,2,3]	[]

size 1.5.0
! Null gives null under ANSI; where "spark.sql.legacy.sizeOfNull" holds without ANSI, -1.
> SELECT size(array('b', 'd', 'c', 'a')), cardinality(map('a', 1, 'b', 2)), size(NULL)
  4	2	NULL

array_size 3.3.0
> SELECT array_size(array('b', 'd', 'c', 'a')), array_size(NULL)
  4	NULL

array_contains 1.5.0
> SELECT array_contains(array(1, 2, 3), 2), array_contains(array(1, NULL), 2)
  true	NULL

array_position 2.4.0
> SELECT array_position(array(312, 773, 708, 708), 708), array_position(array(1), 9)
  3	0

array_remove 2.4.0
> SELECT array_remove(array(1, 2, 3, NULL, 3), 3)
  [1,2,null]

array_append 3.4.0
> SELECT array_append(array('b', 'd', 'c', 'a'), 'd'), array_append(array(1), NULL)
  ["b","d","c","a","d"]	[1,null]

array_prepend 3.5.0
> SELECT array_prepend(array('b', 'd', 'c', 'a'), 'd')
  ["d","b","d","c","a"]

array_insert 3.4.0
- Puts a value at a position counted from 1, or from the end for a negative one (-1 is the last); nulls fill a gap.
! A position of 0 is INVALID_INDEX_OF_ZERO.
> SELECT array_insert(array(1, 2, 3, 4), 5, 5), array_insert(array(5, 4, 3, 2), -1, 1), array_insert(array(1), 4, 9)
  [1,2,3,4,5]	[5,4,3,2,1]	[1,null,null,9]

array_compact 3.4.0
> SELECT array_compact(array(1, 2, 3, NULL)), array_compact(array('a', 'b', 'c'))
  [1,2,3]	["a","b","c"]

array_distinct 2.4.0
> SELECT array_distinct(array(1, 2, 3, NULL, 3, NULL))
  [1,2,3,null]

array_union 2.4.0
> SELECT array_union(array(1, 2, 3), array(1, 3, 5))
  [1,2,3,5]

array_intersect 2.4.0
> SELECT array_intersect(array(1, 2, 3), array(1, 3, 5))
  [1,3]

array_except 2.4.0
> SELECT array_except(array(1, 2, 3), array(1, 3, 5))
  [2]

arrays_overlap 2.4.0
> SELECT arrays_overlap(array(1, 2, 3), array(3, 4, 5)), arrays_overlap(array(1, NULL), array(2))
  true	NULL

array_join 2.4.0
- Elements as text, joined with a delimiter; nulls are left out or replaced.
> SELECT array_join(array('hello', 'world'), ' '), array_join(array('hello', NULL, 'world'), ' ', ',')
  hello world	hello , world

array_max 2.4.0
! Nulls are skipped; null for an array without a value.
> SELECT array_max(array(1, 20, NULL, 3))
  20

array_min 2.4.0
! Nulls are skipped; null for an array without a value.
> SELECT array_min(array(1, 20, NULL, 3))
  1

array_repeat 2.4.0
> SELECT array_repeat('123', 2)
  ["123","123"]

arrays_zip 2.4.0
- Arrays side by side as one array of structs; the shorter are filled with nulls.
> SELECT arrays_zip(array(1, 2, 3), array(2, 3, 4)), arrays_zip(array(1, 2), array(3))
  [{"0":1,"1":2},{"0":2,"1":3},{"0":3,"1":4}]	[{"0":1,"1":3},{"0":2,"1":null}]

element_at 2.4.0
- Element of an array at a position from 1 (negative: from the end), or the value of a map's key.
! Outside the array: INVALID_ARRAY_INDEX_IN_ELEMENT_AT under ANSI, null without. A position of 0 is INVALID_INDEX_OF_ZERO. A key that is not there gives null.
> SELECT element_at(array(1, 2, 3), 2), element_at(array(1, 2, 3), -1), element_at(map(1, 'a', 2, 'b'), 2)
  2	3	b
> SELECT element_at(array(1, 2, 3), 5)
  error INVALID_ARRAY_INDEX_IN_ELEMENT_AT

try_element_at 3.3.0
- As element_at, null outside the array.
> SELECT try_element_at(array(1, 2, 3), 2), try_element_at(array(1, 2, 3), 5)
  2	NULL

get 3.4.0
> SELECT get(array(1, 2, 3), 0), get(array(1, 2, 3), 3), get(array(1, 2, 3), -1)
  1	NULL	NULL

flatten 2.4.0
> SELECT flatten(array(array(1, 2), array(3, 4)))
  [1,2,3,4]

reverse 1.5.0
> SELECT reverse('Spark SQL'), reverse(array(2, 1, 4, 3))
  LQS krapS	[3,4,1,2]

slice 2.4.0
- Elements from a position (from 1; negative: from the end), as many as asked.
! A start of 0 and a negative length are errors.
> SELECT slice(array(1, 2, 3, 4), 2, 2), slice(array(1, 2, 3, 4), -2, 2)
  [2,3]	[3,4]

sort_array 1.5.0
> SELECT sort_array(array('b', 'd', NULL, 'c', 'a'), true), sort_array(array(1, NULL, 2), false)
  [null,"a","b","c","d"]	[2,1,null]

sequence 2.4.0
- Values from start to stop (included) by a step: numbers, or dates and timestamps by intervals.
! A step that leads away from the stop is an error.
> SELECT sequence(1, 5), sequence(5, 1), sequence(DATE '2018-01-01', DATE '2018-03-01', INTERVAL 1 MONTH)
  [1,2,3,4,5]	[5,4,3,2,1]	[2018-01-01,2018-02-01,2018-03-01]

shuffle 2.4.0
- The elements of an array in random order; the same seed repeats it.
> SELECT size(shuffle(array(1, 20, 3, 5)))
  4

transform 2.4.0
> SELECT transform(array(1, 2, 3), x -> x + 1), transform(array(1, 2, 3), (x, i) -> x + i)
  [2,3,4]	[1,3,5]

filter 2.4.0
> SELECT filter(array(1, 2, 3), x -> x % 2 == 1), filter(array(0, 2, 3), (x, i) -> x > i)
  [1,3]	[2,3]

exists 2.4.0
! Null if no element satisfies the predicate and for one it is null.
> SELECT exists(array(1, 2, 3), x -> x % 2 == 0), exists(array(1, NULL, 3), x -> x % 2 == 0)
  true	NULL

forall 3.0.0
! Null if no element fails the predicate and for one it is null.
> SELECT forall(array(2, 4, 8), x -> x % 2 == 0), forall(array(2, NULL, 8), x -> x % 2 == 0)
  true	NULL

aggregate 2.4.0
- Folds the elements of an array into one value, from a start, and maps the result.
> SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x), reduce(array(1, 2, 3), 0, (acc, x) -> acc + x, acc -> acc * 10)
  6	60

zip_with 2.4.0
> SELECT zip_with(array(1, 2, 3), array('a', 'b', 'c'), (x, y) -> (y, x)), zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)
  [{"y":"a","x":1},{"y":"b","x":2},{"y":"c","x":3}]	[4,6]

array_sort 2.4.0
- Sorts an array ascending with nulls last, or by a comparator that gives a negative, zero or positive number.
! A comparator that gives null is COMPARATOR_RETURNS_NULL.
> SELECT array_sort(array('b', NULL, 'a')), array_sort(array(5, 6, 1), (l, r) -> CASE WHEN l < r THEN 1 WHEN l > r THEN -1 ELSE 0 END)
  ["a","b",null]	[6,5,1]

map_filter 3.0.0
> SELECT map_filter(map(1, 0, 2, 2, 3, -1), (k, v) -> k > v)
  {1:0,3:-1}

transform_keys 3.0.0
! A key that is null or comes twice is an error.
> SELECT transform_keys(map_from_arrays(array(1, 2, 3), array(1, 2, 3)), (k, v) -> k + 1)
  {2:1,3:2,4:3}

transform_values 3.0.0
> SELECT transform_values(map_from_arrays(array(1, 2, 3), array(1, 2, 3)), (k, v) -> k + v)
  {1:2,2:4,3:6}

map_zip_with 3.0.0
- Merges two maps key by key; a missing value is null.
> SELECT map_zip_with(map(1, 'a', 2, 'b'), map(1, 'x', 2, 'y'), (k, v1, v2) -> concat(v1, v2))
  {1:"ax",2:"by"}

map 2.0.0
! A null key is NULL_MAP_KEY, a key that comes twice DUPLICATED_MAP_KEY.
> SELECT map(1.0, '2', 3.0, '4')
  {1.0:"2",3.0:"4"}
> SELECT map(1, 'a', 1, 'b')
  error DUPLICATED_MAP_KEY

map_keys 2.0.0
> SELECT map_keys(map(1, 'a', 2, 'b'))
  [1,2]

map_values 2.0.0
> SELECT map_values(map(1, 'a', 2, 'b'))
  ["a","b"]

map_entries 3.0.0
> SELECT map_entries(map(1, 'a', 2, 'b'))
  [{"key":1,"value":"a"},{"key":2,"value":"b"}]

map_from_arrays 2.4.0
! A null key is NULL_MAP_KEY, a key that comes twice DUPLICATED_MAP_KEY.
> SELECT map_from_arrays(array(1.0, 3.0), array('2', '4'))
  {1.0:"2",3.0:"4"}

map_from_entries 2.4.0
> SELECT map_from_entries(array(struct(1, 'a'), struct(2, 'b')))
  {1:"a",2:"b"}

map_concat 2.4.0
! A key that comes twice is DUPLICATED_MAP_KEY.
> SELECT map_concat(map(1, 'a', 2, 'b'), map(3, 'c'))
  {1:"a",2:"b",3:"c"}

map_contains_key 3.3.0
> SELECT map_contains_key(map(1, 'a', 2, 'b'), 1), map_contains_key(map(1, 'a', 2, 'b'), 3)
  true	false

str_to_map 2.0.1
- Splits a text into pairs (at commas) and these into keys and values (at colons); both delimiters are regular expressions.
> SELECT str_to_map('a:1,b:2,c:3', ',', ':'), str_to_map('a')
  {"a":"1","b":"2","c":"3"}	{"a":null}

named_struct 1.5.0
> SELECT named_struct('a', 1, 'b', 2, 'c', 3)
  {"a":1,"b":2,"c":3}

struct 1.4.0
> SELECT struct(1, 'a', true), struct(1 AS a, 2 AS b)
  {"col1":1,"col2":"a","col3":true}	{"a":1,"b":2}

get_json_object 1.5.0
- Text at a path ($ is the root, .name and ['name'] fields, [n] and [*] elements) in a JSON text.
! Null if the text is no JSON or the path leads nowhere.
> SELECT get_json_object('{"a":"b"}', '$.a'), get_json_object('[{"a":1},{"a":2}]', '$[*].a')
  b	[1,2]

from_json 2.2.0
- Reads a JSON text as a struct, array or map of a schema in DDL.
! Fields that do not fit are null, or an error with the option mode FAILFAST.
> SELECT from_json('{"a":1, "b":0.8}', 'a INT, b DOUBLE'), from_json('{"time":"26/08/2015"}', 'time TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy'))
  {"a":1,"b":0.8}	{"time":2015-08-26 00:00:00}

to_json 2.2.0
- JSON text of a struct, array or map; null fields are left out.
> SELECT to_json(named_struct('a', 1, 'b', 2)), to_json(array(map('a', 1)))
  {"a":1,"b":2}	[{"a":1}]

json_array_length 3.1.0
! Null for a text that is no JSON array.
> SELECT json_array_length('[1,2,3,4]'), json_array_length('[1,2,3,{"f1":1,"f2":[5,6]},4]'), json_array_length('{}')
  4	5	NULL

json_object_keys 3.1.0
! Null for a text that is no JSON object.
> SELECT json_object_keys('{}'), json_object_keys('{"f1":"abc","f2":{"f3":"a", "f4":"b"}}')
  []	["f1","f2"]

schema_of_json 2.4.0
> SELECT schema_of_json('[{"col":0}]'), schema_of_json('[{"col":01}]', map('allowNumericLeadingZeros', 'true'))
  ARRAY<STRUCT<col: BIGINT>>	ARRAY<STRUCT<col: BIGINT>>

from_csv 3.0.0
- Reads a CSV record as a struct of a schema in DDL.
> SELECT from_csv('1, 0.8', 'a INT, b DOUBLE'), from_csv('26/08/2015', 'time TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy'))
  {"a":1,"b":0.8}	{"time":2015-08-26 00:00:00}

to_csv 3.0.0
> SELECT to_csv(named_struct('a', 1, 'b', 2)), to_csv(named_struct('time', TIMESTAMP '2015-08-26 00:00:00'), map('timestampFormat', 'dd/MM/yyyy'))
  1,2	26/08/2015

schema_of_csv 3.0.0
> SELECT schema_of_csv('1,abc')
  STRUCT<_c0: INT, _c1: STRING>
`;
