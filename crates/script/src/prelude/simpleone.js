// SimpleOne's vocabulary over the host. `native(operation, ...)` reaches the host and is known to this
// closure alone. Scripts may replace any built-in, so nothing here looks one up after the start:
// functions are captured, plain objects have no prototype, and there are no spreads or for-of loops.
0, function (native) {
  'use strict';
  const { create, defineProperty, freeze, getOwnPropertyNames, hasOwn } = Object;
  const isArray = Array.isArray;
  const Text = String;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const push = uncurry(Array.prototype.push);
  const join = uncurry(Array.prototype.join);
  const slice = uncurry(String.prototype.slice);
  const recall = uncurry(WeakMap.prototype.get);
  const remember = uncurry(WeakMap.prototype.set);
  const ProxyOf = Proxy, ErrorOf = Error, TypeErrorOf = TypeError;

  // The host answers nothing when it has ended the run. The interrupt then ends the loop, which,
  // unlike an exception, no script can catch.
  const call = (operation, a, b, c, d, e) => {
    const answer = native(operation, a, b, c, d, e);
    if (answer === undefined) for (;;);
    return answer;
  };
  const define = (name, value) =>
    defineProperty(globalThis, name, { __proto__: null, value, writable: true, configurable: true });

  // Record and reference objects, and the targets of their proxies, lead to their state by this map.
  const states = new WeakMap();
  const stateOf = value => {
    const state = recall(states, value);
    if (state === undefined) throw new TypeErrorOf('this is not a record');
    return state;
  };
  // What a value is at the border: records are their ids. What is inside it becomes so by toJSON.
  const plain = value => {
    if (value === undefined || value === null) return null;
    const state = typeof value === 'object' ? recall(states, value) : undefined;
    return state === undefined ? value : state.id;
  };
  const empty = value => value === undefined || value === null || value === '';

  const tables = create(null);
  const columns = table => tables[table] ??= call('table', table);

  const blank = state => {
    state.id = '';
    state.stored = create(null);
    state.changed = create(null);
    state.references = create(null);
    state.saved = false;
  };
  const place = (state, row) => {
    blank(state);
    state.saved = true;
    state.id = row[0];
    state.stored = row[1];
  };
  const consume = state => {
    state.alternatives = null; // null: no condition yet, all rows; []: no row
    state.order = [];
    state.limit = null;
  };

  const NONE = create(null); // there is no such column
  const read = (state, field) => {
    if (field === 'sys_id') return state.id;
    const kind = columns(state.table)[field];
    if (kind === undefined) return NONE;
    if (kind === 'journal') return '';
    if (state.lazy) {
      state.lazy = false;
      const row = state.id === '' ? null : call('get', state.table, state.id);
      if (row !== null) state.stored = row[1];
    }
    const value = field in state.changed ? state.changed[field] : state.stored[field];
    if (kind === 'list' && isArray(value)) return join(value, ',');
    if (kind === 'boolean' && !empty(value)) return value === true || value === 'true' || value == 1;
    if (slice(kind, 0, 10) === 'reference:') {
      const id = empty(value) ? '' : Text(value);
      let reference = state.references[field];
      if (reference === undefined || reference.id !== id) {
        reference = { __proto__: null, id, object: makeReference(slice(kind, 10), id) };
        state.references[field] = reference;
      }
      return reference.object;
    }
    return value;
  };
  const write = (state, field, value) => {
    if (field === 'sys_id') throw new TypeErrorOf('sys_id cannot be written');
    const kind = columns(state.table)[field];
    if (kind === undefined) call('unsupported', state.table, field, getOwnPropertyNames(columns(state.table)));
    value = plain(value);
    const old = state.stored[field];
    if (kind !== 'journal' && state.saved && (old === value || (empty(old) && empty(value)))) delete state.changed[field];
    else state.changed[field] = value;
  };
  const column = (state, field) => {
    const found = read(state, Text(field));
    if (found === NONE) call('unsupported', state.table, Text(field), getOwnPropertyNames(columns(state.table)));
    return found;
  };
  const display = (state, field) => {
    if (field !== undefined && field !== null) {
      field = Text(field);
      const raw = column(state, field);
      if (columns(state.table)[field] === 'journal') return '';
      if (field in state.changed) { // the host knows stored rows only
        const other = typeof raw === 'object' && raw !== null ? recall(states, raw) : undefined;
        return other === undefined ? (empty(raw) ? '' : Text(raw)) : display(other);
      }
    } else field = null;
    return state.id === '' ? '' : call('display', state.table, state.id, field);
  };
  // What was written becomes what is stored; journal entries are inputs and leave nothing behind.
  const settle = state => {
    const kinds = columns(state.table);
    for (const field in state.changed) if (kinds[field] !== 'journal') state.stored[field] = state.changed[field];
    state.changed = create(null);
  };
  // A refused write is no exception in SimpleOne: it is told by the return value and getErrors(). Any
  // other exception, of a getter that the script wrote for instance, stays one.
  const attempt = (state, effect, refused) => {
    state.errors = [];
    try {
      return effect();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      push(state.errors, error.message);
      return refused;
    }
  };
  const refuse = message => {
    const error = new ErrorOf(message);
    error.code = 'refused';
    throw error;
  };
  const isRefusal = error => typeof error === 'object' && error !== null && hasOwn(error, 'code');

  const condition = (state, field, operator, given, count, or) => {
    let name = '=';
    if (count > 2) name = Text(operator);
    else if (count === 2) {
      given = operator;
      const unary = typeof operator === 'string' ? call('operator', operator) : null;
      if (unary !== null && unary[1]) name = operator;
    }
    const known = call('operator', name);
    let term = null;
    if (known === null) {
      const message = `unknown operator ${name} on ${state.table}.${field}: the condition selects nothing`;
      push(state.errors, message);
      call('log', 'warning', message);
    } else if (known[1]) term = [Text(field), known[0], null];
    else {
      given = plain(given);
      if (given === null) return;
      if (given !== '') term = [Text(field), known[0], given];
    }
    if (or) {
      state.alternatives ??= [];
      if (term !== null) push(state.alternatives, [term]);
    } else if (term === null) state.alternatives = [];
    else {
      state.alternatives ??= [[]];
      for (let i = 0; i < state.alternatives.length; i++) push(state.alternatives[i], term);
    }
  };
  const select = (state, limit) => {
    const rows = state.alternatives !== null && state.alternatives.length === 0
      ? []
      : call('query', state.table, state.alternatives ?? [[]], state.order, limit);
    consume(state);
    return rows;
  };

  class SimpleRecord {
    constructor(table) {
      return makeRecord(Text(table), new.target.prototype);
    }
    get(field, wanted) {
      const state = stateOf(this);
      const first = plain(field);
      if (empty(first)) throw new TypeErrorOf('get: argument 1 must not be empty');
      blank(state);
      state.rows = [];
      let row = null;
      if (arguments.length < 2) row = call('get', state.table, Text(first));
      else if (!empty(plain(wanted))) {
        consume(state);
        condition(state, first, '=', wanted, 3, false);
        const rows = select(state, 1);
        if (rows.length > 0) row = rows[0];
      }
      if (row !== null) place(state, row);
      return this;
    }
    addQuery(field, operator, given) {
      condition(stateOf(this), field, operator, given, arguments.length, false);
      return this;
    }
    addOrCondition(field, operator, given) {
      condition(stateOf(this), field, operator, given, arguments.length, true);
      return this;
    }
    orderBy(field) {
      push(stateOf(this).order, [Text(field), false]);
    }
    orderByDesc(field) {
      push(stateOf(this).order, [Text(field), true]);
    }
    setLimit(count) {
      if (!(count >= 0)) throw new TypeErrorOf('setLimit: argument 1 must be a number, 0 or more');
      stateOf(this).limit = +count;
    }
    query() {
      const state = stateOf(this);
      const rows = select(state, state.limit);
      blank(state);
      state.rows = rows;
      state.position = 0;
    }
    next() {
      const state = stateOf(this);
      if (state.position >= state.rows.length) {
        blank(state);
        return false;
      }
      place(state, state.rows[state.position++]);
      return this;
    }
    getRowCount() {
      return stateOf(this).rows.length;
    }
    initialize() {
      blank(stateOf(this));
    }
    insert() {
      const state = stateOf(this);
      return attempt(state, () => {
        if (state.saved) refuse('the record is saved already: use update(), or initialize() first');
        const fields = create(null);
        for (const field in state.stored) fields[field] = state.stored[field];
        for (const field in state.changed) fields[field] = state.changed[field];
        const id = call('insert', state.table, fields);
        settle(state);
        state.id = id;
        return id;
      }, '0');
    }
    update() {
      const state = stateOf(this);
      return attempt(state, () => {
        if (state.id === '') refuse('the record was never saved: use insert()');
        for (const field in state.changed) { // only if there is anything to send
          call('update', state.table, state.id, state.changed);
          break;
        }
        settle(state);
        return state.id;
      }, '0');
    }
    deleteRecord(id) {
      const state = stateOf(this);
      return attempt(state, () => {
        const target = arguments.length > 0 ? Text(plain(id)) : state.id;
        if (target === '') refuse('there is no record to delete');
        call('delete', state.table, target);
        if (target === state.id) blank(state);
        return true;
      }, false);
    }
    getValue(field) {
      const found = column(stateOf(this), field);
      return plain(found);
    }
    setValue(field, given) {
      write(stateOf(this), Text(field), given);
    }
    getDisplayValue(field) {
      return display(stateOf(this), field);
    }
    getTableName() {
      return stateOf(this).table;
    }
    getErrors() {
      const copy = [], errors = stateOf(this).errors;
      for (let i = 0; i < errors.length; i++) push(copy, errors[i]);
      return copy;
    }
    setAbortAction(flag, message) {
      stateOf(this);
      if (flag) call('abort', message === undefined || message === null ? '' : Text(message));
    }
    toString() {
      return stateOf(this).id;
    }
    toJSON() {
      return stateOf(this).id;
    }
  }

  class SimpleReference {
    getValue(field) {
      const state = stateOf(this);
      return field === undefined ? state.id : plain(column(state, field));
    }
    getDisplayValue(field) {
      return display(stateOf(this), field);
    }
    getTableName() {
      return stateOf(this).table;
    }
    toString() {
      return stateOf(this).id;
    }
    toJSON() {
      return stateOf(this).id;
    }
  }

  class SimpleAttachment {
    constructor() {
      return new ProxyOf(create(SimpleAttachment.prototype), closed('SimpleAttachment', SimpleAttachment.prototype));
    }
    copy(fromTable, fromId, toTable, toId) {
      return call('copy', Text(fromTable), Text(plain(fromId)), Text(toTable), Text(plain(toId)));
    }
  }

  // Probes of the language itself: whether a value is a promise, or an object of JSON.
  const probed = key => typeof key === 'symbol' || key === 'then' || key === 'toJSON';

  // The members of a prototype come first, so that a column never hides a method; then columns.
  const fields = (owner, prototype, set) => ({
    __proto__: null,
    get(target, key) {
      if (typeof key === 'symbol' || key in target) return target[key];
      const state = recall(states, target);
      const found = read(state, key);
      if (found !== NONE) return found;
      if (probed(key) || slice(key, 0, 2) === '$$') return undefined;
      const names = getOwnPropertyNames(columns(state.table)), methods = getOwnPropertyNames(prototype);
      for (let i = 0; i < methods.length; i++) push(names, methods[i]);
      return call('unsupported', owner, key, names);
    },
    set,
    has(target, key) {
      return key in target || key === 'sys_id' || key in columns(recall(states, target).table);
    },
    ownKeys() {
      return [];
    },
  });
  const recordTraps = fields('SimpleRecord', SimpleRecord.prototype, (target, key, given) => {
    write(recall(states, target), Text(key), given);
    return true;
  });
  const referenceTraps = fields('SimpleReference', SimpleReference.prototype, (target, key) => {
    throw new TypeErrorOf(`${Text(key)} cannot be written through a reference: get the record first`);
  });
  // An object whose members are all there is.
  const closed = (owner, members) => ({
    __proto__: null,
    get(target, key) {
      if (probed(key) || key in target) return target[key];
      return call('unsupported', owner, key, getOwnPropertyNames(members));
    },
  });

  const makeRecord = (table, prototype) => {
    columns(table);
    const state = { __proto__: null, table, rows: [], position: 0, errors: [], lazy: false };
    blank(state);
    consume(state);
    return adopt(state, prototype, recordTraps);
  };
  const makeReference = (table, id) => {
    const state = { __proto__: null, table, lazy: true };
    blank(state);
    state.id = id;
    return adopt(state, SimpleReference.prototype, referenceTraps);
  };
  const adopt = (state, prototype, traps) => {
    const target = create(prototype);
    const object = new ProxyOf(target, traps);
    remember(states, target, state);
    remember(states, object, state);
    return object;
  };

  const logger = level => function (given) {
    if (given === undefined) given = 'undefined';
    if (typeof given === 'string') given = slice(given, 0, 8192); // longer lines are cut in any case
    call('log', level, plain(given));
  };
  const userId = () => call('user');
  const ssMembers = freeze({
    __proto__: null,
    debug: logger('debug'),
    info: logger('info'),
    warning: logger('warning'),
    error: logger('error'),
    getProperty: name => call('property', Text(name)),
    getUserID: userId,
    getUserId: userId,
    eventQueue(name, record, a, b, c, d, e) {
      const state = recall(states, record);
      if (state === undefined || state.id === '') throw new TypeErrorOf('eventQueue: argument 2 must be a saved record');
      const given = [a, b, c, d, e], params = [];
      for (let i = 0; i < 5; i++) {
        const one = plain(given[i]);
        push(params, one === null ? null : Text(one));
      }
      call('event', Text(name), state.table, state.id, params);
    },
  });
  const ss = new ProxyOf(ssMembers, closed('ss', ssMembers));

  const lines = level => function () {
    const parts = [];
    for (let i = 0; i < arguments.length; i++) push(parts, typeof arguments[i] === 'string' ? slice(arguments[i], 0, 8192) : call('text', plain(arguments[i])));
    call('log', level, join(parts, ' '));
  };
  const console = freeze({
    __proto__: null,
    log: lines('info'),
    info: lines('info'),
    debug: lines('debug'),
    warn: lines('warning'),
    error: lines('error'),
  });

  const supported = ['SimpleRecord', 'SimpleAttachment', 'ss', 'console'];
  const missing = name => {
    const stub = function () {
      call('unsupported', '', name, supported);
    };
    define(name, stub);
  };
  const absent = ['fetch', 'require', 'XMLHttpRequest', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask',
    'sleep', 'alert', 'echo', 'print', 'json', 'print_r', 'var_dump', 'setResult', 'SimpleRecordSecure', 'SimpleDateTime',
    'SimpleDuration', 'SimpleTime', 'SimpleSchedule', 'SimpleUser', 'SimpleUserCriteria', 'SimpleDelegation',
    'SimpleMessage', 'SimpleMail', 'SimpleEmailTemplate', 'SimpleTemplate', 'SimpleTable', 'SimpleWorkflow',
    'SimpleSearch', 'SimpleCache', 'SimpleAttachmentService', 'GlideRecord', 'GlideDateTime', 'GlideAggregate'];
  for (let i = 0; i < absent.length; i++) missing(absent[i]);
  define('sws', new ProxyOf(create(null), closed('sws', create(null))));
  define('gs', new ProxyOf(create(null), closed('gs', create(null))));

  const classes = [SimpleRecord, SimpleReference, SimpleAttachment];
  for (let i = 0; i < classes.length; i++) {
    freeze(classes[i].prototype);
    freeze(classes[i]);
    if (classes[i] !== SimpleReference) define(classes[i].name, classes[i]);
  }
  define('ss', ss);
  define('console', console);

  // Makes the record object of a context variable.
  return (table, id, stored) => {
    const state = { __proto__: null, table, rows: [], position: 0, errors: [], lazy: false };
    blank(state);
    consume(state);
    state.saved = id !== '';
    state.id = id;
    state.stored = stored;
    return adopt(state, SimpleRecord.prototype, recordTraps);
  };
}
