// Date and local time. Time stands still at the decision's `now`, and local time is UTC: a script must
// decide the same on every machine. (now: milliseconds since 1970)
// The `0,` makes this an expression; a parenthesis would make the parser read all of it twice.
0, function (now) {
  'use strict';
  const Native = globalThis.Date;
  const proto = Native.prototype;
  const { defineProperty, construct, apply } = Reflect;
  const define = (target, name, value) =>
    defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true });
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);

  for (const part of ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
    define(proto, 'get' + part, proto['getUTC' + part]);
    define(proto, 'set' + part, proto['setUTC' + part]);
  }
  define(proto, 'getDay', proto.getUTCDay);

  const year = uncurry(proto.getUTCFullYear);
  const time = uncurry(proto.getTime);
  const iso = uncurry(proto.toISOString);
  const utc = uncurry(proto.toUTCString);
  const slice = uncurry(String.prototype.slice);
  const invalid = date => time(date) !== time(date);
  // utc(): "Tue, 24 Nov 2026 10:00:00 GMT"; years have four digits or more.
  const day = text => slice(text, 0, 3) + ' ' + slice(text, 8, 11) + ' ' + slice(text, 5, 7) + ' ' + slice(text, 12, -13);
  const clock = text => slice(text, -12, -4) + ' GMT+0000 (UTC)';
  const written = form => ({ method() { return invalid(this) ? 'Invalid Date' : form(this); } }).method;
  const text = written(date => day(utc(date)) + ' ' + clock(utc(date)));

  define(proto, 'getTimezoneOffset', ({ method() { return invalid(this) ? NaN : 0; } }).method);
  define(proto, 'getYear', ({ method() { return year(this) - 1900; } }).method);
  define(proto, 'toString', text);
  define(proto, 'toDateString', written(date => day(utc(date))));
  define(proto, 'toTimeString', written(date => clock(utc(date))));
  define(proto, 'toLocaleString', written(date => slice(iso(date), 0, -14) + ' ' + slice(iso(date), -13, -5)));
  define(proto, 'toLocaleDateString', written(date => slice(iso(date), 0, -14)));
  define(proto, 'toLocaleTimeString', written(date => slice(iso(date), -13, -5)));

  // A text without a zone is local time, which is UTC.
  const parse = Native.parse;
  const zoned = /(?:Z|[+-]\d\d:?\d\d|GMT|UTC?|[ECMP][SD]T)[^0-9]*$/i;
  const find = uncurry(RegExp.prototype.exec);
  const read = text => {
    if (find(zoned, text)) return parse(text);
    let value = parse(text + 'Z');
    if (value !== value) value = parse(text + ' UTC');
    return value === value ? value : parse(text);
  };

  const UTC = Native.UTC;
  function Date(...parts) {
    if (!new.target) return apply(text, new Native(now), []);
    let value = now;
    if (parts.length > 1) value = apply(UTC, undefined, parts);
    else if (parts.length === 1) value = typeof parts[0] === 'string' ? read(parts[0]) : parts[0];
    return construct(Native, [value], new.target);
  }
  define(Date, 'now', () => now);
  define(Date, 'parse', value => read(`${value}`));
  define(Date, 'UTC', UTC);
  Date.prototype = proto;
  define(proto, 'constructor', Date);
  define(globalThis, 'Date', Date);
}
