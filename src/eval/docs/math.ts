/** Arithmetic, mathematics, bits and hashes. The form is described in `parse.ts`; the answers are recorded from Spark. */
export const mathDocs = (): string => String.raw`
+ 1.0.0
! Numbers, intervals, and a date or timestamp with an interval. An overflow is ARITHMETIC_OVERFLOW under ANSI; without ANSI integers wrap and decimals give null.
> SELECT 1 + 2, DATE '2024-01-31' + INTERVAL 1 MONTH
  3	2024-02-29
> SELECT 2147483647 + 1
  error ARITHMETIC_OVERFLOW

- 1.0.0
! An overflow is ARITHMETIC_OVERFLOW under ANSI. The difference of two dates is a day interval.
> SELECT 5 - 7, DATE '2024-03-01' - DATE '2024-02-01'
  -2	29 00:00:00.000000000

* 1.0.0
! An overflow is ARITHMETIC_OVERFLOW under ANSI. An interval times a number is an interval.
> SELECT 2.5 * 4, INTERVAL '2' DAY * 3
  10.0	6 00:00:00.000000000

/ 1.0.0
! Integers become doubles. A zero divisor is DIVIDE_BY_ZERO under ANSI, null without.
> SELECT 7 / 2, 1.0 / 3
  3.5	0.333333
> SELECT 1 / 0
  error DIVIDE_BY_ZERO

% 1.0.0
! A zero divisor is REMAINDER_BY_ZERO under ANSI, null without.
> SELECT 7 % 3, -7 % 3, mod(7.5, 2)
  1	-1	1.5

div 3.0.0
! The result is a bigint. A zero divisor is DIVIDE_BY_ZERO under ANSI, null without.
> SELECT 7 div 2, -7 div 2, INTERVAL '100' MONTH div INTERVAL '10' MONTH
  3	-3	10

pmod 1.5.0
! A zero divisor is REMAINDER_BY_ZERO under ANSI, null without.
> SELECT pmod(7, 3), pmod(-7, 3)
  1	2

negative 1.0.0
! The least value of an integer type has no opposite: ARITHMETIC_OVERFLOW under ANSI.
> SELECT negative(1), negative(INTERVAL '1-2' YEAR TO MONTH)
  -1	-1-2

positive 1.5.0
> SELECT positive(-1)
  -1

abs 1.2.0
! The least value of an integer type has none: ARITHMETIC_OVERFLOW under ANSI.
> SELECT abs(-1), abs(-2.50), abs(INTERVAL '-1' DAY)
  1	2.50	1 00:00:00.000000000

try_add 3.2.0
! Null where "+" would raise an error.
> SELECT try_add(1, 2), try_add(2147483647, 1)
  3	NULL

try_subtract 3.3.0
! Null where "-" would raise an error.
> SELECT try_subtract(2, 1), try_subtract(-2147483648, 1)
  1	NULL

try_multiply 3.3.0
! Null where "*" would raise an error.
> SELECT try_multiply(2, 3), try_multiply(-2147483648, 10)
  6	NULL

try_divide 3.2.0
! Null where "/" would raise an error.
> SELECT try_divide(3, 2), try_divide(1, 0)
  1.5	NULL

try_mod 4.0.0
! Null where "%" would raise an error.
> SELECT try_mod(3, 2), try_mod(1, 0)
  1	NULL

greatest 1.5.0
! Null only if all arguments are. NaN is greater than every number.
> SELECT greatest(10, 9, NULL, 4), greatest('a', 'B')
  10	a

least 1.5.0
! Null only if all arguments are.
> SELECT least(10, 9, NULL, 4)
  4

round 1.5.0
- Rounds to a number of digits after the point, halves away from zero; a negative scale rounds before the point.
> SELECT round(2.5, 0), round(-2.5, 0), round(1234.567, 2), round(1234, -2)
  3	-3	1234.57	1200

bround 2.0.0
- Rounds to a number of digits after the point, halves to the even neighbour.
> SELECT bround(2.5, 0), bround(3.5, 0), bround(25, -1)
  2	4	20

ceil 3.3.0
- Least whole number that is not below the argument, or at a scale the least such decimal.
> SELECT ceil(-0.1), ceil(5), ceil(3.1411, 3), ceil(3345.1, -2)
  0	5	3.142	3400

floor 3.3.0
- Greatest whole number that is not above the argument, or at a scale the greatest such decimal.
> SELECT floor(-0.1), floor(5), floor(3.1411, 3)
  -1	5	3.141

rint 1.4.0
- Nearest whole number as a double, halves to the even neighbour.
> SELECT rint(12.3456), rint(2.5)
  12.0	2.0

sqrt 1.1.1
! NaN for negative numbers.
> SELECT sqrt(4), sqrt(-1)
  2.0	NaN

cbrt 1.4.0
> SELECT cbrt(27.0)
  3.0

exp 1.4.0
> SELECT exp(0), exp(1)
  1.0	2.7182818284590455

expm1 1.4.0
- e to a power, less 1; exact for small powers.
> SELECT expm1(0)
  0.0

signum 1.4.0
> SELECT signum(40), signum(INTERVAL '-100' YEAR)
  1.0	-1.0

sin 1.4.0
> SELECT sin(0)
  0.0

cos 1.4.0
> SELECT cos(0)
  1.0

tan 1.4.0
> SELECT tan(0)
  0.0

cot 2.3.0
> SELECT cot(1)
  0.6420926159343306

sec 3.3.0
> SELECT sec(0)
  1.0

csc 3.3.0
> SELECT csc(1)
  1.1883951057781212

asin 1.4.0
! NaN outside -1 to 1.
> SELECT asin(0), asin(2)
  0.0	NaN

acos 1.4.0
! NaN outside -1 to 1.
> SELECT acos(1), acos(2)
  0.0	NaN

atan 1.4.0
> SELECT atan(0)
  0.0

sinh 1.4.0
> SELECT sinh(0)
  0.0

cosh 1.4.0
> SELECT cosh(0)
  1.0

tanh 1.4.0
> SELECT tanh(0)
  0.0

asinh 3.0.0
> SELECT asinh(0)
  0.0

acosh 3.0.0
! NaN below 1.
> SELECT acosh(1), acosh(0)
  0.0	NaN

atanh 3.0.0
! NaN outside -1 to 1.
> SELECT atanh(0), atanh(2)
  0.0	NaN

degrees 1.4.0
- Turns radians into degrees.
> SELECT degrees(3.141592653589793)
  180.0

radians 1.4.0
- Turns degrees into radians.
> SELECT radians(180)
  3.141592653589793

ln 1.4.0
- Natural logarithm.
! Null for zero and negative numbers.
> SELECT ln(1), ln(0)
  0.0	NULL

log10 1.4.0
- Logarithm to base 10.
! Null for zero and negative numbers.
> SELECT log10(1000)
  3.0

log2 1.4.0
- Logarithm to base 2.
! Null for zero and negative numbers.
> SELECT log2(8)
  3.0

log1p 1.4.0
- Natural logarithm of the argument plus 1; exact near zero.
! Null for -1 and below.
> SELECT log1p(0)
  0.0

log 1.5.0
! Null for zero and negative numbers.
> SELECT log(10, 100), log(1)
  2.0	0.0

power 1.4.0
- A number raised to a power, as a double.
> SELECT power(2, 3), 2 * pow(2, 0.5) = sqrt(8)
  8.0	true

atan2 1.4.0
- Angle between the x-axis and the point (x, y), in radians.
> SELECT atan2(0, 3), atan2(1, 0)
  0.0	1.5707963267948966

hypot 1.4.0
- Square root of the sum of the squares, without overflow on the way.
> SELECT hypot(3, 4)
  5.0

e 1.5.0
> SELECT e()
  2.718281828459045

pi 1.5.0
> SELECT pi()
  3.141592653589793

factorial 1.5.0
> SELECT factorial(5), factorial(21)
  120	NULL

bin 1.5.0
- Binary digits of a bigint in two's complement.
> SELECT bin(13), bin(-13)
  1101	1111111111111111111111111111111111111111111111111111111111110011

hex 1.5.0
- Hexadecimal digits of a bigint, of a string's UTF-8 bytes or of a binary.
> SELECT hex(17), hex('Spark SQL')
  11	537061726B2053514C

unhex 1.5.0
- Bytes that hexadecimal digits stand for.
! Null for a malformed text.
> SELECT decode(unhex('537061726B'), 'UTF-8'), unhex('G1')
  Spark	NULL

conv 1.5.0
- Rewrites a number's text from one base (2 to 36) in another; a negative target base gives a signed result.
! Null for an empty text or a base out of range; digits from the first invalid one on are ignored. Overflow is ARITHMETIC_OVERFLOW under ANSI.
> SELECT conv('100', 2, 10), conv('-10', 16, -10)
  4	-16

width_bucket 3.1.0
- Number of the bucket that a value falls in when a range is cut into equal parts; 0 below the range, buckets + 1 above it.
! Null if the range is empty or the number of buckets is not positive.
> SELECT width_bucket(5.3, 0.2, 10.6, 5), width_bucket(-2.1, 1.3, 3.4, 3)
  3	0

rand 1.5.0
- A pseudo-random number, uniform in 0 (inclusive) to 1 (exclusive); the same seed repeats the sequence.
> SELECT rand(0)
  0.7604953758285915

randn 1.5.0
- A pseudo-random number of the standard normal distribution; the same seed repeats the sequence.
> SELECT randn(0)
  1.6034991609278433

uniform 4.0.0
- A pseudo-random number between two constants, of the wider of their types.
> SELECT uniform(10, 20, 0) > 0
  true

shiftleft 1.5.0
- Shifts the bits of an int or bigint to the left, zeros moving in.
> SELECT shiftleft(2, 1), 2 << 1
  4	4

shiftright 1.5.0
- Shifts the bits of an int or bigint to the right, the sign moving in.
> SELECT shiftright(4, 1), -4 >> 1
  2	-2

shiftrightunsigned 1.5.0
- Shifts the bits of an int or bigint to the right, zeros moving in.
> SELECT shiftrightunsigned(4, 1), -1 >>> 31
  2	1

bit_count 3.0.0
- Number of bits that are set in an integer or a boolean.
> SELECT bit_count(0), bit_count(7), bit_count(-1)
  0	3	64

bit_get 3.2.0
! A position outside the type is an error.
> SELECT bit_get(11, 0), bit_get(11, 2), getbit(11, 3)
  1	0	1

& 1.4.0
> SELECT 3 & 5
  1

| 1.4.0
> SELECT 3 | 5
  7

^ 1.4.0
> SELECT 3 ^ 5
  6

~ 1.4.0
> SELECT ~0
  -1

bitmap_bit_position 3.5.0
- Position of a number's bit within its bitmap of 32768 bits, counted from 0.
> SELECT bitmap_bit_position(1), bitmap_bit_position(123)
  0	122

bitmap_bucket_number 3.5.0
- Number of the bitmap of 32768 bits that a number belongs to.
> SELECT bitmap_bucket_number(123), bitmap_bucket_number(32769)
  1	2

bitmap_count 3.5.0
- Number of bits that are set in a bitmap.
> SELECT bitmap_count(X'1010'), bitmap_count(X'FFFF')
  2	16

hash 2.0.0
- Murmur3 hash of the arguments with seed 42, an int. Nulls leave it as it is.
> SELECT hash('Spark', array(123), 2)
  -1321691492

xxhash64 3.0.0
- XxHash64 of the arguments with seed 42, a bigint. Nulls leave it as it is.
> SELECT xxhash64('Spark', array(123), 2)
  5602566077635097486

md5 1.5.0
- MD5 digest as 32 hexadecimal digits.
> SELECT md5('Spark')
  8cde774d6f7333752ed72cacddb05126

sha1 1.5.0
- SHA-1 digest as hexadecimal digits.
> SELECT sha1('Spark')
  85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c

sha2 1.5.0
- SHA-224, SHA-256, SHA-384 or SHA-512 digest as hexadecimal digits; a length of 0 means 256.
! Null for another length.
> SELECT sha2('Spark', 256), sha2('Spark', 1)
  529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b	NULL

crc32 1.5.0
- Cyclic redundancy check of 32 bits, as a bigint.
> SELECT crc32('Spark')
  1557323817

aes_encrypt 3.3.0
- Bytes of a text or binary, encrypted with a key of 16, 24 or 32 bytes: mode GCM (the default), CBC or ECB.
! A key of another length is INVALID_PARAMETER_VALUE.AES_KEY_LENGTH. Without an initialization vector GCM and CBC take a random one.
> SELECT hex(aes_encrypt('Spark', '0000111122223333', 'ECB', 'PKCS'))
  348FF37EBDE05B7880BA339068FBDA5E
> SELECT base64(aes_encrypt('Spark', 'abcdefghijklmnop12345678ABCDEFGH', 'CBC', 'DEFAULT', unhex('00000000000000000000000000000000')))
  AAAAAAAAAAAAAAAAAAAAAPSd4mWyMZ5mhvjiAPQJnfg=

aes_decrypt 3.3.0
- Bytes of what aes_encrypt made, decrypted with the same key, mode and padding.
! What does not decrypt is INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR.
> SELECT CAST(aes_decrypt(aes_encrypt('Spark', '0000111122223333'), '0000111122223333') AS STRING)
  Spark
> SELECT CAST(aes_decrypt(unhex('83F16B2AA704794132802D248E6BFD4E380078182D1544813898AC97E709B28A94'), '0000111122223333') AS STRING)
  Spark

try_aes_decrypt 3.5.0
- As aes_decrypt, null for what does not decrypt.
> SELECT CAST(try_aes_decrypt(aes_encrypt('Spark', '0000111122223333'), '0000111122223333') AS STRING), try_aes_decrypt(X'00', '0000111122223333')
  Spark	NULL
`;
