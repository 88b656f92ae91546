/** Dates, timestamps and intervals. The form is described in `parse.ts`; the answers are recorded from Spark. */
export const datetimeDocs = (): string => String.raw`
date_add 1.5.0
- The date some days after another; a unit as first argument makes it timestampadd.
> SELECT date_add('2016-07-30', 1), dateadd(DATE '2016-07-30', -1)
  2016-07-31	2016-07-29

date_sub 1.5.0
> SELECT date_sub('2016-07-30', 1)
  2016-07-29

datediff 1.5.0
- Days from start to end; a unit as first argument makes it timestampdiff.
> SELECT datediff('2009-07-31', '2009-07-30'), date_diff('2009-07-30', '2009-07-31')
  1	-1

add_months 1.5.0
- The date some months later, on the month's last day if it lacks the day.
> SELECT add_months('2016-08-31', 1), add_months('2016-08-31', -6)
  2016-09-30	2016-02-29

months_between 1.5.0
- Months from the second moment to the first, months of 31 days for what is left over, rounded to 8 digits unless told not to.
> SELECT months_between('1997-02-28 10:30:00', '1996-10-30'), months_between('1997-02-28 10:30:00', '1996-10-30', false)
  3.94959677	3.9495967741935485

last_day 1.5.0
> SELECT last_day('2009-01-12')
  2009-01-31

next_day 1.5.0
- First later date on a weekday, whose name may be shortened to two or three letters.
! An unknown weekday is ILLEGAL_DAY_OF_WEEK under ANSI, null without.
> SELECT next_day('2015-01-14', 'TU')
  2015-01-20
> SELECT next_day('2015-01-14', 'xx')
  error ILLEGAL_DAY_OF_WEEK

trunc 1.5.0
- First day of the YEAR, QUARTER, MONTH or WEEK of a date.
! Null for another unit.
> SELECT trunc('2019-08-04', 'week'), trunc('2019-08-04', 'quarter'), trunc('2009-02-12', 'xx')
  2019-07-29	2019-07-01	NULL

date_trunc 2.3.0
- Timestamp cut down to a unit, YEAR to MICROSECOND.
! Null for another unit.
> SELECT date_trunc('HOUR', '2015-03-05T09:32:05.359'), date_trunc('WEEK', '2015-03-05T09:32:05.359')
  2015-03-05 09:00:00	2015-03-02 00:00:00

timestampadd
: timestampadd(unit, quantity, timestamp)
- Moves a timestamp by a number of units, YEAR to MICROSECOND; "dateadd" and "date_add" with three arguments are the same.
> SELECT timestampadd(HOUR, 8, TIMESTAMP_NTZ '2022-02-14 20:30:00'), dateadd(MONTH, 1, TIMESTAMP '2022-01-31 00:00:00')
  2022-02-15 04:30:00	2022-02-28 00:00:00

timestampdiff
: timestampdiff(unit, start, end)
- Whole units between two timestamps; "datediff" and "date_diff" with three arguments are the same.
> SELECT timestampdiff(MONTH, TIMESTAMP '2021-02-28 12:00:00', TIMESTAMP '2021-03-28 11:59:59'), datediff(DAY, TIMESTAMP '2021-01-01 00:00:00', TIMESTAMP '2021-01-03 00:00:00')
  0	2

from_utc_timestamp 1.5.0
- Takes a timestamp for UTC and shows it on the clock of a zone.
> SELECT from_utc_timestamp('2016-08-31', 'Asia/Seoul')
  2016-08-31 09:00:00

to_utc_timestamp 1.5.0
- Takes a timestamp for the clock of a zone and shows it in UTC.
> SELECT to_utc_timestamp('2016-08-31', 'Asia/Seoul')
  2016-08-30 15:00:00

convert_timezone 3.4.0
- A timestamp without zone on the clock of one zone (by default the session's), shown on the clock of another.
> SELECT convert_timezone('Europe/Brussels', 'America/Los_Angeles', TIMESTAMP_NTZ '2021-12-06 00:00:00')
  2021-12-05 15:00:00

make_interval 3.0.0
! An overflow is INTERVAL_ARITHMETIC_OVERFLOW under ANSI, null without.
> SELECT make_interval(100, 11, 1, 1, 12, 30, 1.001001), make_interval()
  100 years 11 months 8 days 12 hours 30 minutes 1.001001 seconds	0 seconds

try_make_interval 4.0.0
> SELECT try_make_interval(100, 11), try_make_interval(2147483647)
  100 years 11 months	NULL

make_dt_interval 3.2.0
> SELECT make_dt_interval(1, 12, 30, 1.001001), make_dt_interval(2)
  1 12:30:01.001001000	2 00:00:00.000000000

make_ym_interval 3.2.0
> SELECT make_ym_interval(1, 2), make_ym_interval(-1, 1)
  1-2	-0-11

to_date 1.5.0
- A date of a text, by a pattern or in the form yyyy-[m]m-[d]d.
! A text that does not parse is CAST_INVALID_INPUT or CANNOT_PARSE_TIMESTAMP under ANSI, null without.
> SELECT to_date('2009-07-30 04:17:52'), to_date('31/12/2016', 'dd/MM/yyyy')
  2009-07-30	2016-12-31
> SELECT to_date('2016-13-01')
  error CAST_INVALID_INPUT

to_timestamp 2.2.0
- A timestamp of a text, by a pattern or as a cast reads it. The type is that of "spark.sql.timestampType".
! A text that does not parse is an error under ANSI, null without.
> SELECT to_timestamp('2016-12-31 00:12:00'), to_timestamp('2016-12-31', 'yyyy-MM-dd')
  2016-12-31 00:12:00	2016-12-31 00:00:00

to_timestamp_ltz 3.4.0
- A timestamp with the session's zone of a text.
> SELECT to_timestamp_ltz('2016-12-31 00:12:00'), to_timestamp_ltz('2016-12-31', 'yyyy-MM-dd')
  2016-12-31 00:12:00	2016-12-31 00:00:00

to_timestamp_ntz 3.4.0
> SELECT to_timestamp_ntz('2016-12-31 00:12:00'), to_timestamp_ntz('2016-12-31', 'yyyy-MM-dd')
  2016-12-31 00:12:00	2016-12-31 00:00:00

try_to_timestamp 3.4.0
> SELECT try_to_timestamp('2016-12-31 00:12:00'), try_to_timestamp('foo', 'yyyy-MM-dd')
  2016-12-31 00:12:00	NULL

date_format 1.5.0
- Text of a timestamp by a pattern of letters (y year, M month, d day, E weekday, H hour, m minute, s second, S fraction …).
> SELECT date_format('2016-04-08', 'y'), date_format(TIMESTAMP '2016-04-08 13:05:00', 'EEE dd MMM, h:mm a')
  2016	Fri 08 Apr, 1:05 PM

from_unixtime 1.5.0
- Text of a moment given in seconds since 1970-01-01 UTC, by a pattern, on the session's clock.
> SELECT from_unixtime(0, 'yyyy-MM-dd HH:mm:ss'), from_unixtime(0)
  1970-01-01 00:00:00	1970-01-01 00:00:00

unix_timestamp 1.5.0
- Seconds since 1970-01-01 UTC of a text or moment; of now without arguments.
! A text that does not parse is an error under ANSI, null without.
> SELECT unix_timestamp('2016-04-08', 'yyyy-MM-dd')
  1460073600

to_unix_timestamp 1.6.0
! A text that does not parse is an error under ANSI, null without.
> SELECT to_unix_timestamp('2016-04-08', 'yyyy-MM-dd')
  1460073600

make_date 3.0.0
! Fields that are no date are an error under ANSI, null without.
> SELECT make_date(2013, 7, 15), make_date(2019, 7, NULL)
  2013-07-15	NULL
> SELECT make_date(2019, 13, 1)
  error DATETIME_FIELD_OUT_OF_BOUNDS

make_timestamp 3.0.0
- A timestamp of its fields in the session's zone or the one given; the type is that of "spark.sql.timestampType".
! Fields that are no timestamp are an error under ANSI, null without.
> SELECT make_timestamp(2014, 12, 28, 6, 30, 45.887), make_timestamp(2014, 12, 28, 6, 30, 45.887, 'CET')
  2014-12-28 06:30:45.887	2014-12-28 05:30:45.887

make_timestamp_ltz 3.4.0
- A timestamp with the session's zone of its fields.
! Fields that are no timestamp are an error under ANSI, null without.
> SELECT make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887), make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887, 'CET')
  2014-12-28 06:30:45.887	2014-12-28 05:30:45.887

make_timestamp_ntz 3.4.0
: make_timestamp_ntz(year, month, day, hour, min, sec)
- A timestamp without zone of its fields.
! Fields that are no timestamp are an error under ANSI, null without.
> SELECT make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887)
  2014-12-28 06:30:45.887

try_make_timestamp 4.0.0
- As make_timestamp, null for fields that are no timestamp.
> SELECT try_make_timestamp(2014, 12, 28, 6, 30, 45.887), try_make_timestamp(2014, 13, 28, 6, 30, 45.887)
  2014-12-28 06:30:45.887	NULL

try_make_timestamp_ltz 4.0.0
- As make_timestamp_ltz, null for fields that are no timestamp.
> SELECT try_make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887), try_make_timestamp_ltz(2014, 13, 28, 6, 30, 45.887)
  2014-12-28 06:30:45.887	NULL

try_make_timestamp_ntz 4.0.0
: try_make_timestamp_ntz(year, month, day, hour, min, sec)
- As make_timestamp_ntz, null for fields that are no timestamp.
> SELECT try_make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887), try_make_timestamp_ntz(2014, 13, 28, 6, 30, 45.887)
  2014-12-28 06:30:45.887	NULL

timestamp_seconds 3.1.0
> SELECT timestamp_seconds(1230219000), timestamp_seconds(1230219000.123)
  2008-12-25 15:30:00	2008-12-25 15:30:00.123

timestamp_millis 3.1.0
> SELECT timestamp_millis(1230219000123)
  2008-12-25 15:30:00.123

timestamp_micros 3.1.0
> SELECT timestamp_micros(1230219000123123)
  2008-12-25 15:30:00.123123

current_date 1.5.0
> SELECT current_date() = curdate(), typeof(current_date)
  true	date

current_timestamp 1.5.0
> SELECT current_timestamp() = now(), typeof(current_timestamp)
  true	timestamp

now 1.6.0
> SELECT now() = current_timestamp()
  true

localtimestamp 3.4.0
> SELECT localtimestamp() = localtimestamp(), typeof(localtimestamp())
  true	timestamp_ntz

current_timezone 3.1.0
> SELECT current_timezone()
  UTC

year 1.5.0
> SELECT year('2016-07-30')
  2016

quarter 1.5.0
> SELECT quarter('2016-08-31')
  3

month 1.5.0
> SELECT month('2016-07-30')
  7

weekofyear 1.5.0
- Week of the year after ISO 8601: weeks begin on Monday, and week 1 has more than three days.
> SELECT weekofyear('2008-02-20'), weekofyear('2021-01-01')
  8	53

dayofmonth 1.5.0
> SELECT dayofmonth('2009-07-30'), day('2009-07-30')
  30	30

dayofyear 1.5.0
> SELECT dayofyear('2016-04-09')
  100

dayofweek 2.3.0
> SELECT dayofweek('2009-07-30')
  5

weekday 2.4.0
> SELECT weekday('2009-07-30')
  3

hour 1.5.0
> SELECT hour('2018-02-14 12:58:59')
  12

minute 1.5.0
> SELECT minute('2009-07-30 12:58:59')
  58

second 1.5.0
> SELECT second('2018-02-14 12:58:59')
  59

extract 3.0.0
: extract(field FROM source)
- A field of a date, timestamp or interval: YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DOW, DOY, HOUR, MINUTE, SECOND, YEAROFWEEK.
! A field that the source does not have is INVALID_EXTRACT_FIELD.
> SELECT extract(YEAR FROM TIMESTAMP '2019-08-12 01:00:00.123456'), extract(week FROM DATE '2019-08-12'), extract(days FROM INTERVAL 5 days 3 hours)
  2019	33	5

date_part 3.0.0
- As extract, the field given as a constant text.
> SELECT date_part('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456'), date_part('seconds', TIMESTAMP '2019-10-01 00:00:01.000001')
  2019	1.000001

dayname 4.0.0
> SELECT dayname(DATE '2008-02-20')
  Wed

monthname 4.0.0
> SELECT monthname('2008-02-20')
  Feb

unix_date 3.1.0
> SELECT unix_date(DATE '1970-01-02')
  1

date_from_unix_date 3.1.0
> SELECT date_from_unix_date(1)
  1970-01-02

unix_seconds 3.1.0
> SELECT unix_seconds(TIMESTAMP '1970-01-01 00:00:01Z')
  1

unix_millis 3.1.0
> SELECT unix_millis(TIMESTAMP '1970-01-01 00:00:01Z')
  1000

unix_micros 3.1.0
> SELECT unix_micros(TIMESTAMP '1970-01-01 00:00:01Z')
  1000000
`;
