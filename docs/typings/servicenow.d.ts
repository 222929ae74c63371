// Rejoinder: what scripts of the vocabulary `servicenow` find. Made from the program's own description by
// `rejoinder script typings --vocabulary servicenow`. Use it with `"lib": ["ES2023"]` and without the DOM.

/** The rows of a table: query, cursor and current row in one object. Fields are elements under their names; a field that the table does not have is undefined, and writing one changes nothing. */
declare class GlideRecord {
    constructor(table: string);
    /** Adds a condition, which may be a path through references; one argument alone is an encoded query. */
    addQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** Adds a condition in its text form, and the order that it has. */
    addEncodedQuery(query: string, enforceFieldACL?: boolean): void;
    /** Only active records. */
    addActiveQuery(): GlideQueryCondition;
    /** Only inactive records. */
    addInactiveQuery(): GlideQueryCondition;
    /** Only where the field is empty. */
    addNullQuery(field: string): GlideQueryCondition;
    /** Only where the field has a value. */
    addNotNullQuery(field: string): GlideQueryCondition;
    /** Only records that a record of another table names; conditions added to the result are about that table. */
    addJoinQuery(table: string, field?: string, otherField?: string): GlideQueryCondition;
    /** As addQuery. */
    addUserQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** As addQuery. */
    addSystemQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** Sorts by a field, after those named before. */
    orderBy(field: string): void;
    /** Sorts by a field, the largest first. */
    orderByDesc(field: string): void;
    /** Limits the rows of the query. */
    setLimit(count: number): void;
    /** The condition in its text form, with its order. */
    getEncodedQuery(): string;
    /** Runs the query, with one more condition where there are arguments. */
    query(field?: string, value?: any): void;
    /** The same. */
    _query(field?: string, value?: any): void;
    /** Moves to the next row; false behind the last one. */
    next(): boolean;
    /** The same. */
    _next(): boolean;
    /** Whether there is another row. */
    hasNext(): boolean;
    /** Stands on the record with this id, or shown so; with two arguments on the first one with this value. */
    get(idOrField: any, value?: any): boolean;
    /** Moves to the first row with this value. */
    find(field: string, value: any): boolean;
    /** How many rows the query gave. */
    getRowCount(): number;
    /** Limits the query to the rows from the first (0 is the very first) to before the last. */
    chooseWindow(first: number, last: number, forceCount?: boolean): void;
    /** Changes nothing: rows are never counted ahead. */
    setNoCount(): void;
    /** The number of the current row, from 0; -1 before the first. */
    getLocation(): number;
    /** Moves to the row of this number. */
    setLocation(location: number): void;
    /** Remembers the current row. */
    saveLocation(): void;
    /** Moves to the row that was remembered. */
    restoreLocation(): void;
    /** Whether an encoded query can be asked. */
    isValidEncodedQuery(query: string): boolean;
    /** The same, and adds it; one that cannot be asked selects nothing. */
    isEncodedQueryValid(query: string): boolean;
    /** The stored value; null where it is empty or there is no such field, `'1'` or `'0'` of a field that is true or false. */
    getValue(field: string): string | null;
    /** How a field, or the record, is shown. */
    getDisplayValue(field?: string): string;
    /** The element of a field. */
    getElement(path: string): GlideElement;
    /** The elements of all fields. */
    getElements(): GlideElement[];
    /** The elements of all fields, as a list with `size()` and `get(index)`. */
    getFields(): GlideElement[];
    /** The id. */
    getUniqueValue(): string | null;
    /** The id. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** @deprecated Not supported: Rejoinder has no catalogue: keep what an order asks for in fields */
    readonly variables: never;
    /** The table that the object was made for. */
    getTableName(): string;
    /** The table that the row belongs to. */
    getRecordClassName(): string;
    /** The title of the table that the row belongs to. */
    getClassDisplayValue(): string;
    /** The title of the table. */
    getLabel(): string;
    /** The address of the record behind that of the site, which ends with a slash. */
    getLink(noStack?: boolean): string;
    /** Whether the record has files. */
    hasAttachments(): boolean;
    /** `'insert'` or `'update'`: the change that the script is about. */
    operation(): string | null;
    /** Whether any field changes with it. */
    changes(): boolean;
    /** Whether the record is not saved yet, or new with the change that the script is about. */
    isNewRecord(): boolean;
    /** Whether there is such a table. */
    isValid(): boolean;
    /** Whether the table has a field. */
    isValidField(field: string): boolean;
    /** Whether the object stands on a record. */
    isValidRecord(): boolean;
    /** Whether whoever the script runs as may read it. */
    canRead(): boolean;
    /** Whether whoever the script runs as may change it. */
    canWrite(): boolean;
    /** Whether whoever the script runs as may make one. */
    canCreate(): boolean;
    /** Whether whoever the script runs as may remove it. */
    canDelete(): boolean;
    /** Why the last query or write was refused; null where it was not. */
    getLastErrorMessage(): string | null;
    /** What the dictionary says of a field. */
    getED(field?: string): GlideElementDescriptor;
    /** @deprecated Not supported: the dictionary has one title for a table: use getLabel() */
    readonly getPlural: never;
    /** @deprecated Not supported: the dictionary has no attributes; getED() tells what it has */
    readonly getAttribute: never;
    /** Begins a new record with the defaults of its table. */
    initialize(): void;
    /** The same. */
    newRecord(): void;
    /** Plans the new record; its id, or null where it is refused. */
    insert(): string | null;
    /** Plans the change; the id, or null where it is refused. A record that is not there is inserted. */
    update(reason?: string): string | null;
    /** The same as insert, after what was written through references. */
    insertWithReferences(): string | null;
    /** The same as update, after what was written through references. */
    updateWithReferences(reason?: string): string | null;
    /** Plans what was written with setValue for all rows of the query. */
    updateMultiple(): void;
    /** Plans the removal of the row. */
    deleteRecord(): boolean;
    /** Plans the removal of all rows of the query. */
    deleteMultiple(): void;
    /** Writes a field; null changes nothing, '' and 'NULL' empty it. */
    setValue(field: string, value: any): void;
    /** Writes the value that is shown so; where there is none, or more than one, nothing changes. */
    setDisplayValue(field: string, text: string): void;
    /** Adds to a number. */
    addValue(field: string, number: number): void;
    /** Writes the values of an encoded query (`state=2^priority=1`). */
    applyEncodedQuery(query: string): void;
    /** Writes the values of a template: of the record of `sys_template` with this name. */
    applyTemplate(name: string): void;
    /** Calls the pending change off, or the next write of another record. The script goes on. */
    setAbortAction(abort: boolean): void;
    /** Whether it is called off. */
    isActionAborted(): boolean;
    /** With false, writes of this object run no rules and raise no events. */
    setWorkflow(enabled: boolean): void;
    /** With false, writes of this object leave the stamps (who, when) alone. */
    autoSysFields(enabled: boolean): void;
    /** Changes nothing: what runs with a write is switched off by setWorkflow(false). */
    setUseEngines(enabled: boolean): void;
    /** Changes nothing: an update without changes writes nothing. */
    setForceUpdate(force: boolean): void;
    /** @deprecated Not supported: ids are given by Rejoinder: use what insert() gives */
    readonly setNewGuidValue: never;
    /** @deprecated Not supported: ids are given by Rejoinder: use what insert() gives */
    readonly setNewGuid: never;
    /** A field. */
    [field: string]: any;
}

/** A GlideRecord that asks for the rights of whoever the script runs as: rows and fields that they may not read are not there, writes that they may not make are refused. */
declare class GlideRecordSecure {
    constructor(table: string);
    /** Adds a condition, which may be a path through references; one argument alone is an encoded query. */
    addQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** Adds a condition in its text form, and the order that it has. */
    addEncodedQuery(query: string, enforceFieldACL?: boolean): void;
    /** Only active records. */
    addActiveQuery(): GlideQueryCondition;
    /** Only inactive records. */
    addInactiveQuery(): GlideQueryCondition;
    /** Only where the field is empty. */
    addNullQuery(field: string): GlideQueryCondition;
    /** Only where the field has a value. */
    addNotNullQuery(field: string): GlideQueryCondition;
    /** Only records that a record of another table names; conditions added to the result are about that table. */
    addJoinQuery(table: string, field?: string, otherField?: string): GlideQueryCondition;
    /** As addQuery. */
    addUserQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** As addQuery. */
    addSystemQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** Sorts by a field, after those named before. */
    orderBy(field: string): void;
    /** Sorts by a field, the largest first. */
    orderByDesc(field: string): void;
    /** Limits the rows of the query. */
    setLimit(count: number): void;
    /** The condition in its text form, with its order. */
    getEncodedQuery(): string;
    /** Runs the query, with one more condition where there are arguments. */
    query(field?: string, value?: any): void;
    /** The same. */
    _query(field?: string, value?: any): void;
    /** Moves to the next row; false behind the last one. */
    next(): boolean;
    /** The same. */
    _next(): boolean;
    /** Whether there is another row. */
    hasNext(): boolean;
    /** Stands on the record with this id, or shown so; with two arguments on the first one with this value. */
    get(idOrField: any, value?: any): boolean;
    /** Moves to the first row with this value. */
    find(field: string, value: any): boolean;
    /** How many rows the query gave. */
    getRowCount(): number;
    /** Limits the query to the rows from the first (0 is the very first) to before the last. */
    chooseWindow(first: number, last: number, forceCount?: boolean): void;
    /** Changes nothing: rows are never counted ahead. */
    setNoCount(): void;
    /** The number of the current row, from 0; -1 before the first. */
    getLocation(): number;
    /** Moves to the row of this number. */
    setLocation(location: number): void;
    /** Remembers the current row. */
    saveLocation(): void;
    /** Moves to the row that was remembered. */
    restoreLocation(): void;
    /** Whether an encoded query can be asked. */
    isValidEncodedQuery(query: string): boolean;
    /** The same, and adds it; one that cannot be asked selects nothing. */
    isEncodedQueryValid(query: string): boolean;
    /** The stored value; null where it is empty or there is no such field, `'1'` or `'0'` of a field that is true or false. */
    getValue(field: string): string | null;
    /** How a field, or the record, is shown. */
    getDisplayValue(field?: string): string;
    /** The element of a field. */
    getElement(path: string): GlideElement;
    /** The elements of all fields. */
    getElements(): GlideElement[];
    /** The elements of all fields, as a list with `size()` and `get(index)`. */
    getFields(): GlideElement[];
    /** The id. */
    getUniqueValue(): string | null;
    /** The id. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** @deprecated Not supported: Rejoinder has no catalogue: keep what an order asks for in fields */
    readonly variables: never;
    /** The table that the object was made for. */
    getTableName(): string;
    /** The table that the row belongs to. */
    getRecordClassName(): string;
    /** The title of the table that the row belongs to. */
    getClassDisplayValue(): string;
    /** The title of the table. */
    getLabel(): string;
    /** The address of the record behind that of the site, which ends with a slash. */
    getLink(noStack?: boolean): string;
    /** Whether the record has files. */
    hasAttachments(): boolean;
    /** `'insert'` or `'update'`: the change that the script is about. */
    operation(): string | null;
    /** Whether any field changes with it. */
    changes(): boolean;
    /** Whether the record is not saved yet, or new with the change that the script is about. */
    isNewRecord(): boolean;
    /** Whether there is such a table. */
    isValid(): boolean;
    /** Whether the table has a field. */
    isValidField(field: string): boolean;
    /** Whether the object stands on a record. */
    isValidRecord(): boolean;
    /** Whether whoever the script runs as may read it. */
    canRead(): boolean;
    /** Whether whoever the script runs as may change it. */
    canWrite(): boolean;
    /** Whether whoever the script runs as may make one. */
    canCreate(): boolean;
    /** Whether whoever the script runs as may remove it. */
    canDelete(): boolean;
    /** Why the last query or write was refused; null where it was not. */
    getLastErrorMessage(): string | null;
    /** What the dictionary says of a field. */
    getED(field?: string): GlideElementDescriptor;
    /** @deprecated Not supported: the dictionary has one title for a table: use getLabel() */
    readonly getPlural: never;
    /** @deprecated Not supported: the dictionary has no attributes; getED() tells what it has */
    readonly getAttribute: never;
    /** Begins a new record with the defaults of its table. */
    initialize(): void;
    /** The same. */
    newRecord(): void;
    /** Plans the new record; its id, or null where it is refused. */
    insert(): string | null;
    /** Plans the change; the id, or null where it is refused. A record that is not there is inserted. */
    update(reason?: string): string | null;
    /** The same as insert, after what was written through references. */
    insertWithReferences(): string | null;
    /** The same as update, after what was written through references. */
    updateWithReferences(reason?: string): string | null;
    /** Plans what was written with setValue for all rows of the query. */
    updateMultiple(): void;
    /** Plans the removal of the row. */
    deleteRecord(): boolean;
    /** Plans the removal of all rows of the query. */
    deleteMultiple(): void;
    /** Writes a field; null changes nothing, '' and 'NULL' empty it. */
    setValue(field: string, value: any): void;
    /** Writes the value that is shown so; where there is none, or more than one, nothing changes. */
    setDisplayValue(field: string, text: string): void;
    /** Adds to a number. */
    addValue(field: string, number: number): void;
    /** Writes the values of an encoded query (`state=2^priority=1`). */
    applyEncodedQuery(query: string): void;
    /** Writes the values of a template: of the record of `sys_template` with this name. */
    applyTemplate(name: string): void;
    /** Calls the pending change off, or the next write of another record. The script goes on. */
    setAbortAction(abort: boolean): void;
    /** Whether it is called off. */
    isActionAborted(): boolean;
    /** With false, writes of this object run no rules and raise no events. */
    setWorkflow(enabled: boolean): void;
    /** With false, writes of this object leave the stamps (who, when) alone. */
    autoSysFields(enabled: boolean): void;
    /** Changes nothing: what runs with a write is switched off by setWorkflow(false). */
    setUseEngines(enabled: boolean): void;
    /** Changes nothing: an update without changes writes nothing. */
    setForceUpdate(force: boolean): void;
    /** @deprecated Not supported: ids are given by Rejoinder: use what insert() gives */
    readonly setNewGuidValue: never;
    /** @deprecated Not supported: ids are given by Rejoinder: use what insert() gives */
    readonly setNewGuid: never;
    /** A field. */
    [field: string]: any;
}

/** A condition of a query, to which others can be added: they bind to it and not to the whole query. */
declare class GlideQueryCondition {
    private constructor();
    /** This condition holds only where the other one holds, too. */
    addCondition(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** This condition holds also where the other one holds. */
    addOrCondition(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
}

/** Counts and sums over the rows of a query. The rows are read, and count against the limit of rows. */
declare class GlideAggregate {
    constructor(table: string);
    /** Asks for COUNT, SUM, AVG, MIN, MAX, STDDEV, GROUP_CONCAT or GROUP_CONCAT_DISTINCT. A COUNT of a field counts each of its values by itself. */
    addAggregate(operation: string, field?: string): void;
    /** One row for each value of a field. */
    groupBy(field: string): void;
    /** Only groups whose aggregate is so (`=`, `!=`, `<`, `<=`, `>`, `>=`). */
    addHaving(operation: string, field: any, operator: any, value?: any): void;
    /** Sorts the groups by an aggregate, the largest first. */
    orderByAggregate(operation: string, field?: string): void;
    /** With false, all rows are one group. */
    setGroup(group: boolean): void;
    /** Limits the groups to those from the first (0 is the very first) to before the last. */
    setAggregateWindow(first: number, last: number): void;
    /** Runs the query. */
    query(): void;
    /** Moves to the next group; false behind the last one. */
    next(): boolean;
    /** Whether there is another group. */
    hasNext(): boolean;
    /** How many groups there are. */
    getRowCount(): number;
    /** An aggregate of the current group as text; null where it has none. */
    getAggregate(operation: string, field?: string): string | null;
    /** The value of a field that was grouped by. */
    getValue(field: string): string | null;
    /** How that value is shown. */
    getDisplayValue(field: string): string;
    /** The table. */
    getTableName(): string;
    /** @deprecated Not supported: group by a field that says the time, or count with one query for each span */
    readonly addTrend: never;
    /** Adds a condition, which may be a path through references; one argument alone is an encoded query. */
    addQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** Adds a condition in its text form, and the order that it has. */
    addEncodedQuery(query: string, enforceFieldACL?: boolean): void;
    /** Only active records. */
    addActiveQuery(): GlideQueryCondition;
    /** Only inactive records. */
    addInactiveQuery(): GlideQueryCondition;
    /** Only where the field is empty. */
    addNullQuery(field: string): GlideQueryCondition;
    /** Only where the field has a value. */
    addNotNullQuery(field: string): GlideQueryCondition;
    /** Only records that a record of another table names; conditions added to the result are about that table. */
    addJoinQuery(table: string, field?: string, otherField?: string): GlideQueryCondition;
    /** As addQuery. */
    addUserQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** As addQuery. */
    addSystemQuery(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition;
    /** Sorts by a field, after those named before. */
    orderBy(field: string): void;
    /** Sorts by a field, the largest first. */
    orderByDesc(field: string): void;
    /** Limits the rows of the query. */
    setLimit(count: number): void;
    /** The condition in its text form, with its order. */
    getEncodedQuery(): string;
    /** A field. */
    [field: string]: any;
}

/** What a field of a record gives. It follows the cursor of its record: after `next()` it shows the next row's value; keep values with `toString()` or `getValue()`. `==`, `!=`, tests, `<`, `+` and texts go by the value; `===` and `switch` need `toString()`. */
declare class GlideElement {
    private constructor();
    /** The stored value; `'1'` or `'0'` of a field that is true or false. */
    getValue(): string;
    /** Writes the field; null changes nothing, '' and 'NULL' empty it. */
    setValue(value: any): void;
    /** Writes the value that is shown so: the choice with this label, the one record of this name. Where there is none, or more than one, nothing changes. */
    setDisplayValue(text: string): void;
    /** How the value is shown, cut at some length. */
    getDisplayValue(max?: number): string;
    /** How the value is shown; another text where it is empty. */
    getDisplayValueExt(max: number, empty: string): string;
    /** How the value is shown, escaped for HTML. */
    getHTMLValue(max?: number): string;
    /** The same; another text where it is empty. */
    getHTMLValueExt(max: number, empty: string): string;
    /** The value, escaped for XML. */
    getEscapedValue(): string;
    /** The value, escaped for XML. */
    getXMLValue(): string;
    /** Whether the field has another value than before the change; of a journal field whether an entry is written. */
    changes(): boolean;
    /** Whether the field changes, and has this value now. */
    changesTo(value: any): boolean;
    /** Whether the field changes, and had this value before. */
    changesFrom(value: any): boolean;
    /** Whether there is no value. */
    nil(): boolean;
    /** Whether there is a value. */
    hasValue(): boolean;
    /** The record that the reference leads to; one without a row where it is empty (`isValidRecord()`). */
    getRefRecord(): GlideRecord;
    /** The table that the reference, or the list, leads to. */
    getReferenceTable(): string;
    /** The table of the record. */
    getTableName(): string;
    /** The table that the record's table extends at last. */
    getBaseTableName(): string;
    /** The name of the field. */
    getName(): string;
    /** The title of the field. */
    getLabel(): string;
    /** The newest entries of a journal field, -1 for all: a line `time - name (title)` and the text each, a blank line between them. */
    getJournalEntry(count: number): string;
    /** Writes an entry. It is always by whoever the script runs as. */
    setJournalEntry(text: any, user?: string): void;
    /** The values that may be chosen; with `size()` and `get(index)` too. */
    getChoices(dependent?: string): string[];
    /** The label of the value that is chosen. */
    getChoiceValue(): string;
    /** Milliseconds since 1970 of a moment or day; milliseconds of a length of time. */
    dateNumericValue(): number;
    /** Writes a moment by its milliseconds since 1970. */
    setDateNumericValue(milliseconds: number): void;
    /** @deprecated Not supported: use getValue(), or dateNumericValue() of moments */
    readonly getGlideObject: never;
    /** Notes what is wrong with the value. */
    setError(message: string): void;
    /** What was noted last; empty where nothing. */
    getError(): string;
    /** What the dictionary says of the field. */
    getED(): GlideElementDescriptor;
    /** Whether whoever the script runs as may read it. */
    canRead(): boolean;
    /** Whether whoever the script runs as may change it. */
    canWrite(): boolean;
    /** Whether whoever the script runs as may write it in a new record. */
    canCreate(): boolean;
    /** Whether whoever the script runs as may `read`, `write`, `create` or `delete` it. */
    hasRightsTo(operation: string): boolean;
    /** The value as text; `'true'` or `'false'` of a field that is so. */
    toString(): string;
    /** The value: a number of a field of numbers, text of others. */
    valueOf(): any;
    /** The value as text. */
    toJSON(): string;
    /** What operators of the language work with. */
    "[Symbol.toPrimitive]"(hint: string): any;
    /** @deprecated Not supported: the dictionary has no attributes; getED() tells what it has */
    readonly getAttribute: never;
    /** @deprecated Not supported: the dictionary has no attributes; getED() tells what it has */
    readonly getBooleanAttribute: never;
    /** @deprecated Not supported: the dictionary has no attributes; getED() tells what it has */
    readonly hasAttribute: never;
    /** @deprecated Not supported: values are shown in the language of the run: use getDisplayValue() */
    readonly getDisplayValueLang: never;
    /** @deprecated Not supported: secret values do not reach scripts */
    readonly getDecryptedValue: never;
    /** @deprecated Not supported: use getHTMLValue() */
    readonly getTextAreaDisplayValue: never;
    /** The length of the value as text. */
    readonly length: number;
    /** The character of the value at a place. */
    readonly charAt: (index: number) => string;
    /** The code of the character at a place. */
    readonly charCodeAt: (index: number) => number;
    /** The value with other texts after it. */
    readonly concat: (...texts: any[]) => string;
    /** Whether the value ends so. */
    readonly endsWith: (text: string) => boolean;
    /** Whether the value contains a text. */
    readonly includes: (text: string) => boolean;
    /** Where a text begins in the value; -1 where it does not. */
    readonly indexOf: (text: string, from?: number) => number;
    /** Where a text begins in the value for the last time. */
    readonly lastIndexOf: (text: string, from?: number) => number;
    /** Whether the value comes before (-1) or after (1) another text. */
    readonly localeCompare: (other: any) => number;
    /** What an expression finds in the value; null where nothing. */
    readonly match: (expression: RegExp | string) => any;
    /** The value, filled up at its end. */
    readonly padEnd: (length: number, filler?: string) => string;
    /** The value, filled up at its start. */
    readonly padStart: (length: number, filler?: string) => string;
    /** The value with something replaced. */
    readonly replace: (what: RegExp | string, by: any) => string;
    /** The value with something replaced everywhere. */
    readonly replaceAll: (what: RegExp | string, by: any) => string;
    /** Where an expression finds something in the value. */
    readonly search: (expression: RegExp | string) => number;
    /** A part of the value. */
    readonly slice: (start: number, end?: number) => string;
    /** The parts of the value, as of a list of ids. */
    readonly split: (separator?: RegExp | string, limit?: number) => string[];
    /** Whether the value begins so. */
    readonly startsWith: (text: string) => boolean;
    /** A part of the value of some length. */
    readonly substr: (start: number, length?: number) => string;
    /** A part of the value. */
    readonly substring: (start: number, end?: number) => string;
    /** The value in small letters. */
    readonly toLowerCase: () => string;
    /** The value in capital letters. */
    readonly toUpperCase: () => string;
    /** The value without blanks around it. */
    readonly trim: () => string;
    /** The value without blanks before it. */
    readonly trimLeft: () => string;
    /** The value without blanks after it. */
    readonly trimRight: () => string;
    /** The character at a place, counted from the end where it is negative. */
    readonly at: (index: number) => string;
    /** A field. */
    [field: string]: any;
}

/** What the dictionary says of a field. */
declare class GlideElementDescriptor {
    private constructor();
    /** The name of the field. */
    getName(): string;
    /** The title of the field. */
    getLabel(): string;
    /** Its type: `string`, `integer`, `decimal`, `boolean`, `reference`, `glide_list`, `glide_date`, `glide_date_time`, `glide_duration`, `journal_input` or `GUID`. */
    getInternalType(): string;
    /** The most characters of its text; 0 without a limit. */
    getLength(): number;
    /** The table that it leads to; empty where to none. */
    getReference(): string;
}

/** The language's JSON (`JSON.parse`, `JSON.stringify`), which old scripts make objects of. */
declare class JSON {
    constructor();
    /** The value as JSON. */
    encode(value: any): string;
    /** The value of a JSON text. */
    decode(text: string): any;
}

/** Help with arrays. Values are compared as `===` does, elements by their values. */
declare class ArrayUtil {
    constructor();
    /** Whether the array has the value. */
    contains(array: any[], value: any): boolean;
    /** Where the array has the value first; -1 where it does not. */
    indexOf(array: any[], value: any, start?: number): number;
    /** The values, each once. */
    unique(array: any[]): any[];
    /** Both arrays as one. */
    concat(one: any[], other: any[]): any[];
    /** The values of all arrays, each once. */
    union(...arrays: any[][]): any[];
    /** The values of the first array that no other one has, each once. */
    diff(one: any[], ...others: any[][]): any[];
    /** The values of the first array that all others have, each once. */
    intersect(one: any[], ...others: any[][]): any[];
    /** The list as an array. */
    convertArray(list: any): any[];
    /** The value, in an array where it is none. */
    ensureArray(value: any): any[];
}

/** Help with records. */
declare class GlideRecordUtil {
    constructor();
    /** The names of the fields. */
    getFields(record: GlideRecord): string[];
    /** The table and those that it extends. */
    getTables(table: string): string[];
    /** The record with this id; null where there is none. */
    getGR(table: string, id: string): GlideRecord | null;
    /** The values of all fields, by name. */
    toHashMap(record: GlideRecord): any;
}

/** What there is to know of a table. */
declare class TableUtils {
    constructor(table: string);
    /** The table and those that it extends. */
    getTables(): string[];
    /** The table and those that extend it. */
    getAllExtensions(): string[];
    /** Whether there is such a table. */
    tableExists(table?: string): boolean;
    /** The table that it extends at last. */
    getAbsoluteBase(): string;
}

/** The base of script includes that browsers call. No browser calls one here: there are no parameters. */
declare class AbstractAjaxProcessor {
    constructor();
    /** Null: there are no parameters. */
    getParameter(name: string): null;
    /** Null: there is no call. */
    getName(): null;
    /** Null: there is no call. */
    getType(): null;
    /** @deprecated Not supported: no browser is there to read it: return the value */
    readonly newItem: never;
    /** @deprecated Not supported: no browser is there to read it: return the value */
    readonly setAnswer: never;
}

/** Makes classes as script includes declare them. */
interface ClassMaker {
    /** A constructor that gives its arguments to the `initialize` of its prototype. */
    create(): any;
}

/** Help with values. */
interface JSUtilities {
    /** Whether it is null, undefined or an empty text. */
    nil(value: any): boolean;
    /** Whether it is anything else. */
    notNil(value: any): boolean;
    /** Whether an object has a member. */
    has(object: any, name: string): boolean;
}

/** The mail that is being written. It is sent by the rule that the script belongs to. */
interface EmailOutbound {
    /** Adds a recipient. An address that cannot be one is left out, with a warning in the log. */
    addAddress(type: 'to' | 'cc' | 'bcc', address: string, name?: string): void;
    /** The sender in the header, `name <address>` too. An address that does not match the pattern of `email.validation.reg_exp` is an error. */
    setFrom(address: string): void;
    /** Where answers go; checked likewise. */
    setReplyTo(address: string): void;
    /** Writes the subject. */
    setSubject(subject: string): void;
    /** The subject. */
    getSubject(): string;
    /** Replaces the whole body. */
    setBody(html: string): void;
    /** The body, HTML. */
    getBody(): string;
    /** The mark by which an answer finds its record. */
    getWatermark(): string;
    /** The mark by which an answer finds its record. */
    readonly watermark: string;
    /** @deprecated Not supported: files are taken along by the option of the notification */
    readonly addAttachment: never;
    /** @deprecated Not supported: a script sends no mail; raise an event, and let a notification rule write it */
    readonly save: never;
}

/** Prints into the text of the mail, where the script stands in it. */
interface TemplatePrinter {
    /** Prints text, HTML. */
    print(text: any): void;
    /** Prints so many spaces that HTML keeps. */
    space(count: number): void;
}

/** The mail that arrived: `subject`, `body_text`, `body_html`, `from`, `origemail`, `from_sys_id`, `to`, `direct`, `copied`, `recipients`, `recipients_array`, `headers`, `content_type`, `importance`, `uid`, `attachments`, and `body` with what its lines `Name: value` say. */
interface EmailWrapper {
    /** The subject in lower case. */
    subject_lower(): string;
    /** A field. */
    [field: string]: any;
}

/** The event that the script is about: `parm1`, `parm2`, `instance`, `name`. */
interface Event {
    /** `stop_processing` leaves out the actions that would come after this one. */
    state: string;
    /** A field. */
    [field: string]: any;
}

/** The log of the run. */
interface Logger {
    /** Writes to the log of the run. */
    log(message: any): void;
    /** The same as `log`. */
    info(message: any): void;
    /** Writes to the log of the run, for finding defects. */
    debug(message: any): void;
    /** Writes a warning to the log of the run. */
    warn(message: any): void;
    /** Writes an error to the log of the run. */
    error(message: any): void;
}

/** What kind of mail it is. Other calls do nothing: what they do is not documented. */
interface Classifier {
    /** What kind of mail it is. */
    readonly classification: 'new' | 'reply' | 'forward';
    /** A field. */
    [field: string]: any;
}

// There is one of each.
/** Makes classes as script includes declare them. */
declare const Class: ClassMaker;
/** Help with values. */
declare const JSUtil: JSUtilities;

// Only some scripts are given these.
/** The mail that is being written. It is sent by the rule that the script belongs to. Elsewhere: The mail that arrived: `subject`, `body_text`, `body_html`, `from`, `origemail`, `from_sys_id`, `to`, `direct`, `copied`, `recipients`, `recipients_array`, `headers`, `content_type`, `importance`, `uid`, `attachments`, and `body` with what its lines `Name: value` say. */
declare const email: EmailOutbound & EmailWrapper;
/** Prints into the text of the mail, where the script stands in it. */
declare const template: TemplatePrinter;
/** The event that the script is about: `parm1`, `parm2`, `instance`, `name`. */
declare const event: Event;
/** The log of the run. */
declare const logger: Logger;
/** What kind of mail it is. Other calls do nothing: what they do is not documented. */
declare const classifier: Classifier;

/** A prototype with the members of a base class and those of its own. */
declare function Object.extendsObject(base: any, members: any): any;
/** @deprecated Not supported: there is no Java behind scripts */
declare const Packages: never;
/** @deprecated Not supported: there is no Java behind scripts */
declare const java: never;
/** @deprecated Not supported: there is no Java behind scripts */
declare const importPackage: never;
/** @deprecated Not supported: there is no Java behind scripts */
declare const importClass: never;
/** @deprecated Not supported: there is no Java behind scripts */
declare const JavaImporter: never;
/** @deprecated Not supported: scripts reach no network: raise an event and let an integration act on it */
declare const sn_ws: never;
/** @deprecated Not supported: scripts reach no network: raise an event and let an integration act on it */
declare const RESTMessage: never;
/** @deprecated Not supported: scripts reach no network: raise an event and let an integration act on it */
declare const SOAPMessage: never;
/** @deprecated Not supported: scripts reach no network: raise an event and let an integration act on it */
declare const GlideHTTPRequest: never;
/** @deprecated Not supported: scripts reach no network: raise an event and let an integration act on it */
declare const GlideHTTPClient: never;
/** @deprecated Not supported: Rejoinder has no service catalogue */
declare const sn_sc: never;
/** @deprecated Not supported: Rejoinder has no service catalogue */
declare const Cart: never;
/** @deprecated Not supported: Rejoinder has no service catalogue */
declare const GlideappVariablePoolQuestionSet: never;
/** @deprecated Not supported: Rejoinder has no workflow engine: use rules and events */
declare const Workflow: never;
/** @deprecated Not supported: Rejoinder has no workflow engine: use rules and events */
declare const sn_fd: never;
/** @deprecated Not supported: Rejoinder has no update sets */
declare const GlideUpdateManager2: never;
/** @deprecated Not supported: Rejoinder has no update sets */
declare const GlideUpdateSet: never;
/** @deprecated Not supported: use GlideRecord */
declare const GlideQuery: never;
/** @deprecated Not supported: use GlideRecord */
declare const GlideDBQuery: never;
/** @deprecated Not supported: Rejoinder does not read spreadsheets in scripts */
declare const sn_impex: never;
/** @deprecated Not supported: Rejoinder does not read spreadsheets in scripts */
declare const GlideExcelParser: never;
/** @deprecated Not supported: Rejoinder has no plugins */
declare const GlidePluginManager: never;
/** @deprecated Not supported: use getED() of a record or element */
declare const GlideTableDescriptor: never;
/** @deprecated Not supported: use script includes */
declare const GlideScriptedExtensionPoint: never;
/** @deprecated Not supported: it belongs to the browser: use current */
declare const g_form: never;
/** @deprecated Not supported: it belongs to the browser: call the script include itself */
declare const GlideAjax: never;
