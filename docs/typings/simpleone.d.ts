// Rejoinder: what scripts of the vocabulary `simpleone` find. Made from the program's own description by
// `rejoinder script typings --vocabulary simpleone`. Use it with `"lib": ["ES2023"]` and without the DOM.

/** The rows of a table: query, cursor and current row in one object. Its fields are properties. */
declare class SimpleRecord {
    constructor(table: string);
    /** Stands on the row with this id, or the first with this value; on none where there is none: ask `sys_id`. */
    get(idOrField: any, value?: any): this;
    /** Adds a condition that must hold, too. One on `undefined` or `null` is dropped, one on `''` selects nothing. */
    addQuery(field: string, operatorOrValue?: any, value?: any): this;
    /** Adds a condition that is enough by itself: everything asked so far, or this. */
    addOrCondition(field: string, operatorOrValue?: any, value?: any): this;
    /** Adds a condition written as text, plain or percent-encoded. One on `undefined` or `null` selects nothing, one without a value is dropped. */
    addEncodedQuery(condition: string): void;
    /** The conditions that the next query will ask, as text; empty after `query()`. */
    getConditionQuery(): string;
    /** Sorts by a field. */
    orderBy(field: string): void;
    /** Sorts by a field, the largest first. */
    orderByDesc(field: string): void;
    /** Limits the rows of the next query. */
    setLimit(count: number): void;
    /** Reads only these fields; such rows cannot be written. */
    selectAttributes(fields: string | string[]): this;
    /** Runs the query, and stands before its first row. */
    query(): void;
    /** Moves to the next row; `false` behind the last. */
    next(): this | false;
    /** How many rows the query gave. */
    getRowCount(): number;
    /** Begins a new record with the defaults of its table. */
    initialize(): void;
    /** Plans the new record; its id, or `'0'` where it is refused. */
    insert(): string;
    /** Plans the change; the id, or `'0'` where it is refused or the record was never saved. */
    update(): string;
    /** A value for every row, written by `updateMultiple()`. */
    setMultipleValue(field: string, value: any): void;
    /** Plans the change of every row of the query; refused where a condition of it was dropped. */
    updateMultiple(): boolean;
    /** Plans the removal of the current row, or of the one with this id. */
    deleteRecord(id?: string): boolean;
    /** Plans the removal of every row of the query; refused where a condition of it was dropped. */
    deleteMultiple(): boolean;
    /** The stored value of a field. */
    getValue(field: string): any;
    /** Writes a field. */
    setValue(field: string, value: any): void;
    /** How a field, or the record, is shown. */
    getDisplayValue(field?: string): string;
    /** The values of all fields. */
    getAttributes(): Record<string, any>;
    /** The title of a field. */
    getLabel(field: string): string;
    /** The same as `getLabel`. */
    getTitle(field: string): string;
    /** The system name of the table. */
    getTableName(): string;
    /** The title of the table. */
    getClassDisplayValue(): string;
    /** Whether the record has files. */
    hasAttachment(): boolean;
    /** Whether the record, with what was written to it, fulfils a condition written as text. */
    matchesCondition(condition?: string): boolean;
    /** An entry for a journal field, posted by `insert()` or `update()`. */
    getJournalInput(field: string): SimpleJournalInput;
    /** Always `false`: tables are not under version control here. */
    isTableVcsEnabled(): boolean;
    /** Whether the user may make such a record. */
    canCreate(): boolean;
    /** Whether the user may read the record. */
    canRead(): boolean;
    /** Whether the user may change the record. */
    canUpdate(): boolean;
    /** Whether the user may delete the record. */
    canDelete(): boolean;
    /** Why the last write or query was refused. */
    getErrors(): string[];
    /** Calls the pending change off and ends the script at once. */
    setAbortAction(abort: boolean, message?: string): void;
    /** Later writes of this object run no business rules, events and notifications, or run them again. */
    silentMode(enable?: boolean): void;
    /** Always `null`: there are no extended models here. */
    getReModelId(): null;
    /** @deprecated Not supported: there are no extended models here; give the table the fields that are needed */
    readonly setReModelId: never;
    /** @deprecated Not supported: there are no extended models here; give the table the fields that are needed */
    readonly rem_attr: never;
    /** The id. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** A field. */
    [field: string]: any;
}

/** A moment, to the second. Without an argument now; a text is UTC, or words such as `yesterday 06:30`. */
declare class SimpleDateTime {
    constructor(text?: string | SimpleDateTime);
    /** Moves by days. */
    addDays(days: number): void;
    /** Moves by weeks. */
    addWeeks(weeks: number): void;
    /** Moves by months; days that the month does not have run over into the next: 31 January and a month is 3 March. */
    addMonths(months: number): void;
    /** Moves by years, likewise. */
    addYears(years: number): void;
    /** Moves by seconds. */
    addSeconds(seconds: number): void;
    /** Takes another moment, in UTC. */
    setValue(utc: string | SimpleDateTime): void;
    /** The time from the first moment to the second; with a number: moves back by so many seconds. */
    subtract(from: SimpleDateTime | number, to?: SimpleDateTime): SimpleDuration | null;
    /** Whether it is later, or the same moment. */
    after(other: SimpleDateTime | string): boolean;
    /** Whether it is earlier, or the same moment. */
    before(other: SimpleDateTime | string): boolean;
    /** Whether it is the same moment. */
    equals(other: SimpleDateTime | string): boolean;
    /** -1 where it is earlier, 0 where it is the same moment, 1 where it is later. */
    compareTo(other: SimpleDateTime | string): -1 | 0 | 1;
    /** `YYYY-MM-DD HH:mm:ss` in UTC; null where it is not valid. */
    getValue(): string | null;
    /** `YYYY-MM-DD HH:mm:ss` in the user's zone. */
    getDisplayValue(): string;
    /** The day in UTC, `YYYY-MM-DD`. */
    getDate(): string;
    /** The day in the user's zone, `YYYY-MM-DD`. */
    getLocalDate(): string;
    /** The time of day in UTC. */
    getTime(): SimpleTime;
    /** The time of day in the user's zone. */
    getLocalTime(): SimpleTime;
    /** Seconds since 1970-01-01 UTC. */
    getNumericValue(): number;
    /** The day of the month in UTC. */
    getDayOfMonthUTC(): number;
    /** The day of the month in the user's zone. */
    getDayOfMonthLocalTime(): number;
    /** The short name of the day of the week in UTC, in the user's language. */
    getDayOfWeekUTC(): string;
    /** The same in the user's zone. */
    getDayOfWeekLocalTime(): string;
    /** How many days the month has in UTC. */
    getDaysInMonthUTC(): number;
    /** How many days the month has in the user's zone. */
    getDaysInMonthLocalTime(): number;
    /** The name of the month in UTC, in the user's language. */
    getMonthUTC(): string;
    /** The name of the month in the user's zone, in the user's language. */
    getMonthLocalTime(): string;
    /** The number of the week (ISO 8601) in UTC. */
    getWeekOfYearUTC(): number;
    /** The number of the week (ISO 8601) in the user's zone. */
    getWeekOfYearLocalTime(): number;
    /** The year in UTC. */
    getYearUTC(): number;
    /** The year in the user's zone. */
    getYearLocalTime(): number;
    /** Whether the text was a moment. */
    isValid(): boolean;
    /** Why it is not valid; empty where it is. */
    getErrorMsg(): string;
    /** The same as `getValue`; empty where it is not valid. */
    toString(): string;
    /** The same as `toString`. */
    toJSON(): string;
    /** @deprecated Not supported: use addSeconds(3600 * hours) */
    readonly addHours: never;
    /** @deprecated Not supported: use addSeconds(60 * minutes) */
    readonly addMinutes: never;
}

/** A length of time, to the second: so many seconds, or a text such as `2 10:30:00`, days and hours. */
declare class SimpleDuration {
    constructor(length?: number | string);
    /** Adds a length; a new object with the sum. */
    add(other: SimpleDuration): SimpleDuration;
    /** Takes a length away; a new object with what is left. */
    subtract(other: SimpleDuration): SimpleDuration;
    /** The length in seconds. */
    getDurationSeconds(): number;
    /** `d HH:mm:ss`; `HH:mm:ss` where it is less than a day. */
    getDurationValue(): string;
    /** In words of the user's language: `2 days 10 hours`. */
    getDisplayValue(): string;
    /** The whole days. */
    getDayPart(): number;
    /** The days; twelve hours and more count as one. */
    getRoundedDayPart(): number;
    /** 1970-01-01 00:00:00 and the length. */
    getValue(): string;
    /** 1970-01-01 00:00:00 and the length, by a format of PHP's letters; `Y-m-d H:i:s` without one. */
    getByFormat(format?: string): string;
    /** Takes another length: `d h:m:s`. */
    setDisplayValue(text: string): void;
    /** Takes the length from 1970-01-01 00:00:00 to a moment. */
    setValue(since1970: string | SimpleDateTime): void;
    /** The same as `getValue`. */
    toString(): string;
    /** Milliseconds: what a field of a record takes. */
    toJSON(): number;
}

/** A time of day: so many seconds after midnight in UTC. Zones are those of today. */
declare class SimpleTime {
    constructor(seconds?: number);
    /** Takes another time, `HH:mm:ss` in the user's zone. */
    setValue(text: string): void;
    /** `HH:mm:ss` in UTC. */
    getValue(): string;
    /** `HH:mm:ss` in the user's zone. */
    getDisplayValue(): string;
    /** The value by a format of PHP's letters; `H:i:s` without one. */
    getByFormat(format?: string): string;
    /** The hour in the user's zone, two digits. */
    getHourLocalTime(): string;
    /** The hour in UTC, two digits. */
    getHourUTC(): string;
    /** The same as `getValue`. */
    toString(): string;
    /** The same as `getValue`. */
    toJSON(): string;
}

/** Working hours: whether a moment lies in them, and how much of them lies between two. */
declare class SimpleSchedule {
    constructor(id?: string, timeZone?: string);
    /** Takes another schedule, by its id. */
    load(id: string, timeZone?: string): void;
    /** Reads the hours in another zone. */
    setTimeZone(timeZone: string): void;
    /** Its name. */
    getName(): string;
    /** Whether there is such a schedule, with hours. */
    isValid(): boolean;
    /** Whether a moment lies in its hours, or on one of its days that do not count. */
    isInSchedule(at: SimpleDateTime): boolean;
    /** Whether a moment is working time. */
    isWorkingTime(at: SimpleDateTime): boolean;
    /** The working time between two moments. */
    duration(start: SimpleDateTime, end: SimpleDateTime): SimpleDuration;
    /** How long it is until working time begins; null where it never does. */
    whenNext(at: SimpleDateTime, timeZone?: string): SimpleDuration | null;
    /** When so many seconds of working time have passed; null where they never do. */
    whenWillExpire(start: SimpleDateTime, seconds: number): SimpleDateTime | null;
}

/** A SimpleRecord that sees and writes only what the user as whom the script runs may see and write. */
declare class SimpleRecordSecure {
    constructor(table: string);
    /** Stands on the row with this id, or the first with this value; on none where there is none: ask `sys_id`. */
    get(idOrField: any, value?: any): this;
    /** Adds a condition that must hold, too. One on `undefined` or `null` is dropped, one on `''` selects nothing. */
    addQuery(field: string, operatorOrValue?: any, value?: any): this;
    /** Adds a condition that is enough by itself: everything asked so far, or this. */
    addOrCondition(field: string, operatorOrValue?: any, value?: any): this;
    /** Adds a condition written as text, plain or percent-encoded. One on `undefined` or `null` selects nothing, one without a value is dropped. */
    addEncodedQuery(condition: string): void;
    /** The conditions that the next query will ask, as text; empty after `query()`. */
    getConditionQuery(): string;
    /** Sorts by a field. */
    orderBy(field: string): void;
    /** Sorts by a field, the largest first. */
    orderByDesc(field: string): void;
    /** Limits the rows of the next query. */
    setLimit(count: number): void;
    /** Reads only these fields; such rows cannot be written. */
    selectAttributes(fields: string | string[]): this;
    /** Runs the query, and stands before its first row. */
    query(): void;
    /** Moves to the next row; `false` behind the last. */
    next(): this | false;
    /** How many rows the query gave. */
    getRowCount(): number;
    /** Begins a new record with the defaults of its table. */
    initialize(): void;
    /** Plans the new record; its id, or `'0'` where it is refused. */
    insert(): string;
    /** Plans the change; the id, or `'0'` where it is refused or the record was never saved. */
    update(): string;
    /** A value for every row, written by `updateMultiple()`. */
    setMultipleValue(field: string, value: any): void;
    /** Plans the change of every row of the query; refused where a condition of it was dropped. */
    updateMultiple(): boolean;
    /** Plans the removal of the current row, or of the one with this id. */
    deleteRecord(id?: string): boolean;
    /** Plans the removal of every row of the query; refused where a condition of it was dropped. */
    deleteMultiple(): boolean;
    /** The stored value of a field. */
    getValue(field: string): any;
    /** Writes a field. */
    setValue(field: string, value: any): void;
    /** How a field, or the record, is shown. */
    getDisplayValue(field?: string): string;
    /** The values of all fields. */
    getAttributes(): Record<string, any>;
    /** The title of a field. */
    getLabel(field: string): string;
    /** The same as `getLabel`. */
    getTitle(field: string): string;
    /** The system name of the table. */
    getTableName(): string;
    /** The title of the table. */
    getClassDisplayValue(): string;
    /** Whether the record has files. */
    hasAttachment(): boolean;
    /** Whether the record, with what was written to it, fulfils a condition written as text. */
    matchesCondition(condition?: string): boolean;
    /** An entry for a journal field, posted by `insert()` or `update()`. */
    getJournalInput(field: string): SimpleJournalInput;
    /** Always `false`: tables are not under version control here. */
    isTableVcsEnabled(): boolean;
    /** Whether the user may make such a record. */
    canCreate(): boolean;
    /** Whether the user may read the record. */
    canRead(): boolean;
    /** Whether the user may change the record. */
    canUpdate(): boolean;
    /** Whether the user may delete the record. */
    canDelete(): boolean;
    /** Why the last write or query was refused. */
    getErrors(): string[];
    /** Calls the pending change off and ends the script at once. */
    setAbortAction(abort: boolean, message?: string): void;
    /** Later writes of this object run no business rules, events and notifications, or run them again. */
    silentMode(enable?: boolean): void;
    /** Always `null`: there are no extended models here. */
    getReModelId(): null;
    /** @deprecated Not supported: there are no extended models here; give the table the fields that are needed */
    readonly setReModelId: never;
    /** @deprecated Not supported: there are no extended models here; give the table the fields that are needed */
    readonly rem_attr: never;
    /** The id. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** A field. */
    [field: string]: any;
}

/** The value of a reference field: walks to the record that it leads to. */
declare class SimpleReference {
    private constructor();
    /** The id, or the value of a field of the record. */
    getValue(field?: string): any;
    /** How it is shown. */
    getDisplayValue(field?: string): string;
    /** @deprecated Not supported: nothing is written through a reference; get the record, write it and update it */
    readonly setValue: never;
    /** The title of a field of the record. */
    getLabel(field: string): string;
    /** The values of all fields of the record. */
    getAttributes(): Record<string, any>;
    /** Whether the record has files. */
    hasAttachment(): boolean;
    /** The table that it leads to. */
    getTableName(): string;
    /** The id. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** A field. */
    [field: string]: any;
}

/** An entry for a journal field, posted when its record is inserted or updated. */
declare class SimpleJournalInput {
    private constructor();
    /** The text of the entry. Its author is the user as whom the script runs; another one is refused. */
    setComment(message: string, authorId?: string): void;
    /** The text of the entry. */
    setMessage(text: string): void;
    /** Who writes it: the user as whom the script runs, another one is refused. */
    setAuthor(id: string): void;
}

/** Files of records. Records are named by their Document IDs: `ss.getDocIdByIds(table, id)`. */
declare class SimpleAttachment {
    constructor();
    /** Plans copies of all files of a record at another one; whether there were any. */
    copy(fromTable: string, fromId: string, toTable: string, toId: string): boolean;
    /** Plans a file with this text; its id, or `null` with an error in the log. */
    write(documentId: string, fileName: string, content: string, mime: string): string | null;
    /** Plans a file with these bytes; its id, or `null` with an error in the log. */
    writeBase64(documentId: string, fileName: string, base64: string, mime: string): string | null;
    /** The bytes of a file as Base64; `''` with an error in the log above 10 MiB. */
    readBase64(id: string): string;
    /** The text of a text file of at most 10 MiB, `null` otherwise. */
    getContent(id: string): string | null;
    /** The address of a file, relative to that of the application; `''` where there is none. */
    getAttachmentUrlById(id: string): string;
    /** Plans another name of a file; `false` where there is no such file. */
    rename(id: string, name: string): boolean;
    /** Plans the removal of a file; `false` where there is no such file. */
    deleteAttachment(id: string): boolean;
    /** The UTF-8 of a text as Base64. */
    base64Encode(text: string): string;
    /** The text of Base64. Other characters make it `false`, or are passed over where `strict` is `false`. */
    base64Decode(base64: string, strict?: boolean): string | false;
}

/** Texts for people in their language. */
declare class SimpleMessage {
    constructor();
    /** The text behind a key, `{name}` replaced from `params`; the key itself where there is no such text. */
    getMessage(key: string, category?: string, params?: Record<string, any>, language?: string): string;
}

/** The user as whom the script runs. */
declare class SimpleUser {
    constructor();
    /** The id; empty where the script runs as nobody. */
    getID(): string;
    /** The record of the user. */
    getContext(): SimpleRecord;
    /** Whether the user has a role; administrators have all of them. */
    hasRole(role: string): boolean;
    /** A preference of the user, kept in the table `user_preference`. */
    getPreference(name: string): string | null;
    /** Plans a preference of the user, at most 255 characters. */
    setPreference(name: string, value: string): void;
    /** Always empty: scripts run without a session. */
    getAccessToken(): '';
}

/** The session; scripts run without one. */
declare class SimpleSession {
    private constructor();
    /** Always `null`: scripts run without a client. */
    getClientIP(): null;
}

/** Who is meant by a row of the table `user_criteria`: users, members of groups, holders of roles. */
declare class SimpleUserCriteria {
    constructor();
    /** Whether a user fulfils one of the criteria, or stands in (`access`) for somebody who does. */
    userAcceptanceByCriteria(userId: string, criteria: string | string[], excludeDelegation?: boolean): boolean;
}

/** Who stands in for whom. Without a time it is now that is asked about. */
declare class SimpleDelegation {
    constructor();
    /** The users who stand in for a user. */
    getDelegatesOfType(type: 'access' | 'approvals' | 'tasks' | 'notifications', delegatorId: string, from?: any, to?: any): SimpleRecord[];
    /** The users whom a user stands in for. */
    getDelegatorsOfType(type: 'access' | 'approvals' | 'tasks' | 'notifications', delegateId: string, from?: any, to?: any): SimpleRecord[];
    /** Whether a user stands in for one of these. */
    hasDelegationOfType(type: 'access' | 'approvals' | 'tasks' | 'notifications', delegatorIds: string[], delegateId: string, from?: any, to?: any): boolean;
}

/** Values for records, kept by a name in the table `record_template`. */
declare class SimpleTemplate {
    constructor(name?: string);
    /** Takes the template of this name. */
    get(name: string): this;
    /** Writes the values into a record, which is not saved by it; `false` where there is no such template. */
    applyTo(record: SimpleRecord): boolean;
    /** Writes values, an object or its JSON, into a record. */
    applyToByTemplateField(record: SimpleRecord, value: any): void;
    /** Plans a template with the values of a record; its id. */
    createBySimpleRecord(record: SimpleRecord, name: string, tableName?: string): string;
    /** Plans a template with these values; its id. */
    createByTemplateData(values: Record<string, any>, table: string, name: string, tableName?: string): string;
    /** Plans a template with these values, an object or its JSON; its id. */
    createByTemplateField(values: any, table: string, name: string, tableName?: string): string;
}

/** A table among those that it extends and those that extend it. The id of a table is its name. */
declare class SimpleTable {
    constructor(table: string);
    /** The tables that it extends, the nearest first. */
    getParentTables(): { sys_id: string, name: string }[];
    /** The tables that extend it, at any depth. */
    getChildTables(): { sys_id: string, name: string }[];
}

/** A mail of a header, a text, a comment and buttons. It needs no import; importing it does nothing. */
declare class SimpleEmailTemplate {
    constructor(title?: string);
    /** Writes the title. */
    setTitle(text: string): void;
    /** The title. */
    getTitle(): string;
    /** Writes the header. */
    setBodyHeader(html: string): void;
    /** The header. */
    getBodyHeader(): string;
    /** Writes the text. */
    setBodyText(html: string): void;
    /** The text. */
    getBodyText(): string;
    /** Writes the comment, a block in grey italics. */
    setComment(html: string): void;
    /** The comment. */
    getComment(): string;
    /** Adds a button; all buttons. */
    addButton(text: string, url: string, color?: string): { text: string, url: string, color: string }[];
    /** All buttons. */
    getButtons(): { text: string, url: string, color: string }[];
    /** Removes the last button. */
    removeButton(): void;
    /** Removes all buttons. */
    removeAllButtons(): void;
    /** Writes a part by its name; a value that is no text is an error, which names `label`. */
    setProperty(name: 'title' | 'bodyHeader' | 'bodyText' | 'comment', value: string, label: string): void;
    /** The mail as HTML. */
    formEmailTemplate(): string;
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
    /** Shows a message, or the text behind its key, to whoever is at the screen; `{name}` is replaced from `params`. */
    addInfoMessage(message: string, params?: Record<string, any>): void;
    /** The same as `addInfoMessage`. */
    addSuccessMessage(message: string, params?: Record<string, any>): void;
    /** Shows an error likewise. */
    addErrorMessage(message: string, params?: Record<string, any>): void;
    /** Raises a registered event about a record. */
    eventQueue(name: string, record: SimpleRecord, param1?: any, param2?: any, param3?: any, param4?: any, param5?: any): void;
    /** Raises a registered event about a record at a moment: a SimpleDateTime, or its text in UTC. */
    eventQueueScheduled(name: string, record: SimpleRecord, when: any, param1?: any, param2?: any, param3?: any, param4?: any, param5?: any): void;
    /** The value of a setting. */
    getProperty(name: string): string | null;
    /** Plans the value of a setting, which is made where there is none. */
    setProperty(name: string, value: any, description?: string): void;
    /** The record of the user as whom the script runs. */
    getUser(): SimpleRecord;
    /** The id of the user as whom the script runs. */
    getUserID(): string;
    /** The same as `getUserID`. */
    getUserId(): string;
    /** Whether the user has a role; administrators have all of them. */
    hasRole(role: string): boolean;
    /** The session. */
    getSession(): SimpleSession;
    /** The Document ID of a record: its table and id in one text. The id of a table is its name. */
    getDocIdByIds(tableId: string, recordId: string): string;
    /** The table of a Document ID. */
    getTableIdByDocId(documentId: string): string;
    /** The id of a Document ID. */
    getRecordIdByDocId(documentId: string): string;
    /** Evaluates a stored script, once a run; its functions, classes and variables can then be used. */
    importIncludeScript(name: string): boolean;
    /** Does nothing but note it in the log: nobody is at a screen where scripts run. */
    setRedirect(url?: string): void;
    /** @deprecated Not supported: there are no links that run a script; write a link to the record, and let the answer to the mail decide */
    readonly generateUrlAction: never;
    /** @deprecated Not supported: scripts make no keys to passwords; administrators set them */
    readonly generateResetToken: never;
    /** @deprecated Not supported: there are no applications here; configuration is kept in packs */
    readonly getApplicationId: never;
    /** @deprecated Not supported: there is no logo in the settings; write the address of a picture */
    readonly getLogoURL: never;
    /** @deprecated Not supported: there is no logo in the settings; write the address of a picture */
    readonly getLogoBase64: never;
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

/** The mail that is being written. It is sent by the rule that the script belongs to. */
interface SimpleEmailOutbound {
    /** Adds a recipient. An address that cannot be one is left out, with a warning in the log. */
    addAddress(address: string, name?: string): void;
    /** Adds a copy. */
    addAddressCc(address: string, name?: string): void;
    /** Adds a blind copy. */
    addAddressBcc(address: string, name?: string): void;
    /** The addresses of the recipients. */
    getAddresses(): string[];
    /** The addresses of the copies. */
    getAddressesCc(): string[];
    /** The addresses of the blind copies. */
    getAddressesBcc(): string[];
    /** The subject. */
    getSubject(): string;
    /** Writes the subject. */
    setSubject(subject: string): void;
    /** The body, HTML. */
    getBody(): string;
    /** Replaces the body. */
    setBody(html: string): void;
    /** The sender; empty where it is that of the sending account. */
    getFrom(): string;
    /** The sender in the header, `name <address>` too; the account that sends stays the same. An address that does not match the pattern of `email.validation.reg_exp` is an error. */
    setFrom(address: string): void;
    /** Where answers go; empty where it is the sender. */
    getReplyTo(): string;
    /** Where answers go; checked as the address of `setFrom`. */
    setReplyTo(address: string): void;
}

/** Prints into the text of the mail, where the script stands in it. */
interface SimpleTemplatePrinter {
    /** Prints text, HTML. */
    print(text: any): void;
    /** Prints so many spaces that HTML keeps. */
    space(count?: number): void;
    /** What was printed so far. */
    getPrint(): string;
    /** How many spaces were printed last. */
    getSpace(): number;
}

/** The event that the script is about: `instance`, the id of its record, and `param_1` to `param_5`. */
interface SimpleEvent {
    /** `stop_processing` leaves out the actions that would come after this one. */
    state: string;
    /** A field. */
    [field: string]: any;
}

/** The log of the run. */
interface SimpleLogger {
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

// There is one of each.
/** The system: log, settings, the user as whom the script runs, events. */
declare const ss: SimpleSystem;
/** The log of the run, as browsers have it. */
declare const console: Console;

// Only some scripts are given these.
/** The rows of a table: query, cursor and current row in one object. Its fields are properties. */
declare const current: SimpleRecord;
/** The rows of a table: query, cursor and current row in one object. Its fields are properties. */
declare const previous: SimpleRecord;
/** The rows of a table: query, cursor and current row in one object. Its fields are properties. */
declare const target: SimpleRecord;
/** The rows of a table: query, cursor and current row in one object. Its fields are properties. */
declare const sys_email: SimpleRecord;
/** The rows of a table: query, cursor and current row in one object. Its fields are properties. Elsewhere: The mail that is being written. It is sent by the rule that the script belongs to. */
declare const email: SimpleRecord & SimpleEmailOutbound;
/** Prints into the text of the mail, where the script stands in it. */
declare const template: SimpleTemplatePrinter;
/** The event that the script is about: `instance`, the id of its record, and `param_1` to `param_5`. */
declare const event: SimpleEvent;
/** The log of the run. */
declare const logger: SimpleLogger;

/** Writes to the log of the run. */
declare function alert(value: any): void;
/** Writes to the log of the run. */
declare function echo(value: any): void;
/** Writes to the log of the run; how many characters. */
declare function print(value: any): number;
/** Writes a value as JSON to the log of the run. */
declare function json(value: any): void;
/** Writes a value to the log of the run, objects as JSON. */
declare function print_r(value: any): void;
/** Writes the type of a value and the value as JSON to the log of the run. */
declare function var_dump(value: any): void;
/** The value of a script that gives one. */
declare function setResult(value: any): void;
/** @deprecated Not supported: a script does not wait; raise an event for later with ss.eventQueueScheduled, and go on in its action */
declare const sleep: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const sws: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const SimpleRestRequest: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const SimpleRestResponse: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const SimpleAttachmentService: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const SimpleExternalRabbitMQ: never;
/** @deprecated Not supported: scripts do not reach the network; the connections of mailboxes are checked on their pages */
declare const SimpleMail: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const fetch: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const XMLHttpRequest: never;
/** @deprecated Not supported: scripts do not reach the network; raise an event, and let an integration that listens for it make the call */
declare const WebSocket: never;
/** @deprecated Not supported: there are no modules here; include a script with ss.importIncludeScript */
declare const require: never;
/** @deprecated Not supported: a script does not wait; raise an event for later with ss.eventQueueScheduled */
declare const setTimeout: never;
/** @deprecated Not supported: a script does not wait; raise an event for later with ss.eventQueueScheduled */
declare const setInterval: never;
/** @deprecated Not supported: a script does not wait; raise an event for later with ss.eventQueueScheduled */
declare const setImmediate: never;
/** @deprecated Not supported: there are no workflows here; raise an event, and let rules and jobs go on with it */
declare const SimpleWorkflow: never;
/** @deprecated Not supported: features are not switched per table here; see the rules of the table */
declare const SimpleEngine: never;
/** @deprecated Not supported: there is no full-text search for scripts; query each table with addQuery(field, 'LIKE', text) */
declare const SimpleSearch: never;
/** @deprecated Not supported: deleted records are not brought back by scripts; see the history of the table */
declare const SimpleRecordDeletionLog: never;
/** @deprecated Not supported: runs share nothing; keep values in a table or a setting */
declare const SimpleCache: never;
/** @deprecated Not supported: pictures are not worked on here */
declare const SimpleImage: never;
/** @deprecated Not supported: imports are made through the API */
declare const SimpleImport: never;
/** @deprecated Not supported: the log of each run is kept with its trace */
declare const SimpleLogArchive: never;
/** @deprecated Not supported: configuration is kept in packs, under the version control of your choice */
declare const SimpleVcs: never;
/** @deprecated Not supported: texts are HTML here and need no conversion */
declare const SimpleWysiwyg: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const gs: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideRecord: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideRecordSecure: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideAggregate: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideElement: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideDateTime: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideDate: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideTime: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideDuration: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideSchedule: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideSysAttachment: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideStringUtil: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideFilter: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideUser: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideQuery: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const GlideEmailOutbound: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const sn_ws: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const ArrayUtil: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const JSUtil: never;
/** @deprecated Not supported: it is ServiceNow's; choose the vocabulary servicenow for the script */
declare const Class: never;
