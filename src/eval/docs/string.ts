/** Strings, regular expressions, encodings and URLs. The form is described in `parse.ts`; the answers are recorded from Spark. */
export const stringDocs = (): string => String.raw`
concat 1.5.0
- Joins strings, binaries or arrays; other types are read as strings.
! Null if an argument is null.
> SELECT concat('Spark', 'SQL'), 'a' || 1, concat(array(1, 2), array(3))
  SparkSQL	a1	[1,2,3]

concat_ws 1.5.0
- Joins strings and arrays of strings with a separator.
! Nulls are left out; null if the separator is.
> SELECT concat_ws('-', 'a', NULL, array('b', 'c')), concat_ws(',')
  a-b-c	

upper 1.0.1
> SELECT upper('Straße'), ucase('a')
  STRASSE	A

lower 1.0.1
> SELECT lower('SparkSQL'), lcase('A')
  sparksql	a

initcap 1.5.0
> SELECT initcap('sPark sql')
  Spark Sql

soundex 1.5.0
> SELECT soundex('Miller'), soundex('Muller')
  M460	M460

length 1.5.0
- Number of characters of a string, spaces at the end included, or of bytes of a binary.
> SELECT length('Spark SQL '), char_length('ö'), len(X'0102')
  10	1	2

octet_length 2.3.0
> SELECT octet_length('Spark SQL'), octet_length('ö')
  9	2

bit_length 2.3.0
> SELECT bit_length('Spark SQL')
  72

substring 1.5.0
: substring(str, pos[, len])
: substring(str FROM pos[ FOR len])
- Part of a string or binary from a position (1 is the first, negative positions count from the end).
> SELECT substring('Spark SQL', 5), substr('Spark SQL', -3), substring('Spark SQL' FROM 5 FOR 1)
  k SQL	SQL	k

left 2.3.0
> SELECT left('Spark SQL', 3), left('Spark', -1)
  Spa	

right 2.3.0
> SELECT right('Spark SQL', 3)
  SQL

substring_index 1.5.0
- Part before the count-th delimiter; for a negative count the part after it, counted from the end.
> SELECT substring_index('www.apache.org', '.', 2), substring_index('www.apache.org', '.', -1)
  www.apache	org

trim 1.5.0
: trim(str)
: trim([BOTH | LEADING | TRAILING] [trimStr] FROM str)
- Takes characters (by default spaces) off both ends, or off the one named.
> SELECT trim('  Spark  '), trim(BOTH 'xy' FROM 'xySparkyx'), trim(TRAILING 'x' FROM 'Sparkxx')
  Spark	Spark	Spark

ltrim 1.5.0
- Takes characters (by default spaces) off the start.
> SELECT ltrim('   Spark'), ltrim('Sp', 'SSparkSQLS')
  Spark	arkSQLS

rtrim 1.5.0
- Takes characters (by default spaces) off the end.
> SELECT rtrim('Spark   '), rtrim('SLQ', 'SSparkSQLS')
  Spark	SSpark

btrim 3.2.0
> SELECT btrim('   Spark   '), btrim('SSparkSQLS', 'SL')
  Spark	parkSQ

lpad 1.5.0
- Fills a string (with spaces) or a binary (with zero bytes) on the left up to a length, or cuts it to that length.
> SELECT lpad('hi', 5, '??'), lpad('hi', 1, '??'), hex(lpad(X'1020', 3))
  ???hi	h	001020

rpad 1.5.0
- Fills a string (with spaces) or a binary (with zero bytes) on the right up to a length, or cuts it to that length.
> SELECT rpad('hi', 5, '??'), rpad('hi', 1, '??'), hex(rpad(X'1020', 3))
  hi???	h	102000

repeat 1.5.0
- A string as often as asked.
> SELECT repeat('123', 2), repeat('a', 0)
  123123	

space 1.5.0
- A string of spaces.
> SELECT concat(space(2), '1')
    1

replace 2.3.0
- Replaces every occurrence of a text, by default by nothing.
> SELECT replace('ABCabc', 'abc', 'DEF'), replace('ABCabc', 'abc')
  ABCDEF	ABC

translate 1.5.0
- Replaces characters one for one; those without a partner go.
> SELECT translate('AaBbCc', 'abc', '12')
  A1B2C

overlay 3.0.0
: overlay(input, replace, pos[, len])
: overlay(input PLACING replace FROM pos[ FOR len])
- Puts a text in place of the characters at a position, by default as many as it has itself.
> SELECT overlay('Spark SQL' PLACING '_' FROM 6), overlay('Spark SQL', 'ANSI ', 7, 0)
  Spark_SQL	Spark ANSI SQL

levenshtein 1.5.0
- Least number of single-character edits that turn one string into the other; -1 where it exceeds a threshold.
> SELECT levenshtein('kitten', 'sitting'), levenshtein('kitten', 'sitting', 2)
  3	-1

instr 1.5.0
- Position of the first occurrence, counted from 1; 0 if there is none.
> SELECT instr('SparkSQL', 'SQL'), instr('SparkSQL', 'x')
  6	0

locate 1.5.0
: locate(substr, str[, pos])
: position(substr IN str)
- Position of the first occurrence at or after a position, counted from 1; 0 if there is none.
> SELECT locate('bar', 'foobarbar'), locate('bar', 'foobarbar', 5), position('bar' IN 'foobarbar')
  4	7	4

randstr 4.0.0
- A random string of 0-9, a-z and A-Z of a constant length; the same seed repeats the sequence.
> SELECT randstr(3, 0), length(randstr(5))
  ceV	5

ascii 1.5.0
> SELECT ascii('222'), ascii('')
  50	0

chr 2.3.0
- Character of a code, taken modulo 256; the empty string for negative codes.
> SELECT chr(65), char(322)
  A	B

find_in_set 1.5.0
- Position of a string in a comma-separated list, counted from 1; 0 if it is not there or holds a comma.
> SELECT find_in_set('ab', 'abc,b,ab,c,def'), find_in_set('x', 'a')
  3	0

elt 2.0.0
- The n-th of the other arguments.
! An n that is out of range is INVALID_ARRAY_INDEX under ANSI, null without.
> SELECT elt(1, 'scala', 'java'), elt(2, 'a', 1)
  scala	1
> SELECT elt(3, 'a', 'b')
  error INVALID_ARRAY_INDEX

mask 3.4.0
- Replaces upper-case letters (by X), lower-case letters (by x), digits (by n) and other characters (by default left alone); a null replacement leaves its kind alone.
> SELECT mask('AbCD123-@$#'), mask('AbCD123-@$#', 'Q', 'q', 'd', 'o'), mask('AbCD123', NULL)
  XxXXnnn-@$#	QqQQdddoooo	AxCDnnn

luhn_check 3.5.0
- Whether a text of digits has the check digit of Luhn's formula, as card numbers have.
> SELECT luhn_check('8112189876'), luhn_check('79927398714'), luhn_check('a')
  true	false	false

sentences 2.0.0
- Splits a text into sentences and each into words, without punctuation.
> SELECT sentences('Hi there! Good morning.')
  [["Hi","there"],["Good","morning"]]

like 1.0.0
: str [NOT] LIKE pattern [ESCAPE char]
- Whether the whole text matches a pattern in which % stands for any text and _ for any character.
> SELECT 'Spark' LIKE '_park', like('a%b', 'a/%b', '/')
  true	true

ilike 3.3.0
: str [NOT] ILIKE pattern [ESCAPE char]
- As LIKE, without regard to case.
> SELECT 'Spark' ILIKE '_PARK'
  true

rlike 1.0.0
: str [NOT] RLIKE regexp
- Whether a regular expression, in Java's syntax, is found in the text.
> SELECT 'Spark' RLIKE '^S.*k$', regexp_like('abc', 'b'), regexp('abc', '^b')
  true	true	false

startswith 3.3.0
- Whether a string or binary begins with another.
> SELECT startswith('Spark SQL', 'Spark'), startswith('Spark SQL', 'SQL'), startswith('a', NULL)
  true	false	NULL

endswith 3.3.0
- Whether a string or binary ends with another.
> SELECT endswith('Spark SQL', 'SQL'), endswith('Spark SQL', 'Spark')
  true	false

contains 3.3.0
- Whether a string or binary holds another.
> SELECT contains('Spark SQL', 'park'), contains('Spark SQL', 'SPARK')
  true	false

split 1.5.0
- Splits a string around matches of a regular expression; a positive limit bounds the number of parts.
> SELECT split('oneAtwoBthreeC', '[ABC]'), split('oneAtwoBthreeC', '[ABC]', 2)
  ["one","two","three",""]	["one","twoBthreeC"]

split_part 3.3.0
- The n-th part between delimiters, counted from the end for a negative n; empty if there are fewer.
! An n of 0 is INVALID_INDEX_OF_ZERO.
> SELECT split_part('11.12.13', '.', 3), split_part('11.12.13', '.', -3), split_part('a', '.', 2)
  13	11	

regexp_replace 1.5.0
- Replaces every match of a regular expression, at or after a position; $1 in the replacement is the first group.
> SELECT regexp_replace('100-200', r'(\d+)', 'num'), regexp_replace('a1b2', r'([a-z])(\d)', '$2$1')
  num-num	1a2b

regexp_extract 1.5.0
- A group of the first match (0 is the whole match); empty if nothing matches.
! A group that the expression does not have is INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX.
> SELECT regexp_extract('100-200', r'(\d+)-(\d+)', 2), regexp_extract('a', '(b)')
  200	

regexp_extract_all 3.1.0
- A group (by default the first) of every match, as an array.
> SELECT regexp_extract_all('100-200, 300-400', r'(\d+)-(\d+)', 1)
  ["100","300"]

regexp_count 3.4.0
> SELECT regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en')
  2

regexp_substr 3.4.0
> SELECT regexp_substr('Steven Jones and Stephen Smith', 'Ste(v|ph)en'), regexp_substr('abc', 'x')
  Steven	NULL

regexp_instr 3.4.0
> SELECT regexp_instr('user@spark.apache.org', '@[^.]*'), regexp_instr('abc', 'x')
  5	0

base64 1.5.0
- Base64 text of bytes.
> SELECT base64('Spark SQL')
  U3BhcmsgU1FM

unbase64 1.5.0
- Bytes that a base64 text stands for.
! A malformed text is CONVERSION_INVALID_INPUT.
> SELECT decode(unbase64('U3BhcmsgU1FM'), 'UTF-8')
  Spark SQL

encode 1.5.0
- Bytes of a text in US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE, UTF-16LE or UTF-32.
! Another charset, or a character that it lacks, is an error.
> SELECT hex(encode('abc', 'utf-8')), hex(encode('ö', 'iso-8859-1'))
  616263	F6

decode 1.5.0
: decode(bin, charset)
: decode(expr, search, result[, search, result …][, default])
- Text of bytes in a charset; with more arguments the result beside the first equal search value, null equal to null.
> SELECT decode(encode('abc', 'utf-8'), 'utf-8'), decode(2, 1, 'one', 2, 'two', 'other'), decode(6, 1, 'one')
  abc	two	NULL

to_binary 3.3.0
- Bytes of a text in hexadecimal digits (the default), "utf-8" or "base64".
! A malformed text is CONVERSION_INVALID_INPUT.
> SELECT hex(to_binary('abc', 'utf-8')), hex(to_binary('0a1B'))
  616263	0A1B
> SELECT to_binary('G')
  error CONVERSION_INVALID_INPUT

try_to_binary 3.3.0
- As to_binary, null for a malformed text.
> SELECT hex(try_to_binary('abc', 'utf-8')), try_to_binary('G')
  616263	NULL

to_number 3.3.0
- Number in a text that follows a format: 9 and 0 stand for digits, D or . for the point, G or , for groups, $ for the currency, S or MI for the sign, PR for brackets.
! A text that does not match is INVALID_FORMAT.MISMATCH_INPUT.
> SELECT to_number('454', '999'), to_number('$78.12', '$99.99'), to_number('12,454.8-', '99,999.9S')
  454	78.12	-12454.8

try_to_number 3.3.0
- As to_number, null for a text that does not match.
> SELECT try_to_number('454', '999'), try_to_number('a', '999')
  454	NULL

to_char 3.4.0
- Text of a number by a number format, of a datetime by a pattern, of a binary in "hex", "base64" or "utf-8".
> SELECT to_char(12454, '99,999'), to_char(DATE '2016-04-08', 'y'), to_char(X'537061', 'hex')
  12,454	2016	537061

format_number 1.5.0
- A number with thousands separators, rounded half to even to a number of places, or by a pattern of java.text.DecimalFormat.
> SELECT format_number(12332.123456, 4), format_number(12332.123456, '##################.###')
  12,332.1235	12332.123

format_string 1.5.0
- Text made of a Java format string and its arguments.
> SELECT format_string('Hello World %d %s', 100, 'days'), printf('%05.1f', 3.14159D)
  Hello World 100 days	003.1

is_valid_utf8 4.0.0
> SELECT is_valid_utf8('Spark')
  true

make_valid_utf8 4.0.0
> SELECT make_valid_utf8('Spark')
  Spark

validate_utf8 4.0.0
> SELECT validate_utf8('Spark')
  Spark

try_validate_utf8 4.0.0
> SELECT try_validate_utf8('Spark')
  Spark

parse_url 2.0.0
- A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; of QUERY the value of a key.
! A malformed URL is INVALID_URL under ANSI, null without.
> SELECT parse_url('http://spark.apache.org/path?query=1', 'HOST'), parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query')
  spark.apache.org	1
> SELECT parse_url('http://a b', 'HOST')
  error INVALID_URL

try_parse_url 4.0.0
- As parse_url, null for a malformed URL.
> SELECT try_parse_url('http://spark.apache.org/path?query=1', 'PATH'), try_parse_url('http://a b', 'HOST')
  /path	NULL

url_encode 3.4.0
> SELECT url_encode('https://spark.apache.org a')
  https%3A%2F%2Fspark.apache.org+a

url_decode 3.4.0
! A malformed text is CANNOT_DECODE_URL.
> SELECT url_decode('https%3A%2F%2Fspark.apache.org')
  https://spark.apache.org

try_url_decode 4.0.0
> SELECT try_url_decode('https%3A%2F%2Fspark.apache.org'), try_url_decode('%x')
  https://spark.apache.org	NULL
`;
