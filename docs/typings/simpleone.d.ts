// Rejoinder: what scripts of the vocabulary `simpleone` find. Made from the program's own description by
// `rejoinder script typings --vocabulary simpleone`. Use it with `"lib": ["ES2023"]` and without the DOM.

/** The rows of a table: query, cursor and current row in one object. */
declare class SimpleRecord {
    constructor(table: string);
    /** Stands on the row with this id, or the first with this value. */
    get(idOrField: any, value?: any): this;
    /** Adds a condition. */
    addQuery(field: string, operatorOrValue?: any, value?: any): this;
    /** Adds a condition that is enough by itself: everything asked so far, or this. */
    addOrCondition(field: string, operatorOrValue?: any, value?: any): this;
    /** Sorts by a field. */
    orderBy(field: string): void;
    /** Sorts by a field, the largest first. */
    orderByDesc(field: string): void;
    /** Limits the rows of the next query. */
    setLimit(count: number): void;
    /** Runs the query. */
    query(): void;
    /** Moves to the next row. */
    next(): this | false;
    /** How many rows the query gave. */
    getRowCount(): number;
    /** Begins a new record with the defaults of its table. */
    initialize(): void;
    /** Plans the new record; its id, or `'0'` where it is refused. */
    insert(): string;
    /** Plans the change; the id, or `'0'` where it is refused. */
    update(): string;
    /** Plans the removal. */
    deleteRecord(id?: string): boolean;
    /** The stored value of a field. */
    getValue(field: string): any;
    /** Writes a field. */
    setValue(field: string, value: any): void;
    /** How a field, or the record, is shown. */
    getDisplayValue(field?: string): string;
    /** The table. */
    getTableName(): string;
    /** Why the last write or query was refused. */
    getErrors(): string[];
    /** Calls the pending change off and ends the script. */
    setAbortAction(abort: boolean, message?: string): void;
    /** The id. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** A field. */
    [field: string]: any;
}

/** The value of a reference field: walks to the record that it leads to. */
interface SimpleReference {
    /** The id, or the value of a field of the record. */
    getValue(field?: string): any;
    /** How it is shown. */
    getDisplayValue(field?: string): string;
    /** The table that it leads to. */
    getTableName(): string;
    /** The id. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** A field. */
    [field: string]: any;
}

/** The system: log, settings, the user as whom the script runs, events. */
interface SimpleSystem {
    /** Writes to the log of the run. */
    info(value: any): void;
    /** Writes to the log of the run, for finding defects. */
    debug(value: any): void;
    /** Writes a warning to the log of the run. */
    warning(value: any): void;
    /** Writes an error to the log of the run. */
    error(value: any): void;
    /** The value of a setting. */
    getProperty(name: string): string | null;
    /** The id of the user as whom the script runs. */
    getUserID(): string;
    /** The same as `getUserID`. */
    getUserId(): string;
}

/** The log of the run, as browsers have it. */
interface Console {
    /** Writes to the log of the run. */
    log(...values: any[]): void;
    /** The same as `log`. */
    info(...values: any[]): void;
    /** Writes to the log, for finding defects. */
    debug(...values: any[]): void;
    /** Writes a warning to the log. */
    warn(...values: any[]): void;
    /** Writes an error to the log. */
    error(...values: any[]): void;
}

// There is one of each.
/** The system: log, settings, the user as whom the script runs, events. */
declare const ss: SimpleSystem;
/** The log of the run, as browsers have it. */
declare const console: Console;

// Only some scripts are given these.
/** The rows of a table: query, cursor and current row in one object. */
declare const current: SimpleRecord;
/** The rows of a table: query, cursor and current row in one object. */
declare const previous: SimpleRecord;
/** The rows of a table: query, cursor and current row in one object. */
declare const target: SimpleRecord;
