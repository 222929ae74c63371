// Rejoinder: what scripts of the vocabulary `servicenow` find. Made from the program's own description by
// `rejoinder script typings --vocabulary servicenow`. Use it with `"lib": ["ES2023"]` and without the DOM.

/** A moment, to the millisecond. Without an argument now; a text is UTC, `yyyy-MM-dd HH:mm:ss`. */
declare class GlideDateTime {
    constructor(value?: string | GlideDateTime | GlideElement);
    /** The time from the first moment to the second. */
    static subtract(start: GlideDateTime, end: GlideDateTime): GlideDuration;
    /** `yyyy-MM-dd HH:mm:ss` in UTC; empty where it is not valid. */
    getValue(): string;
    /** The same as `getValue`. */
    toString(): string;
    /** The same as `getValue`. */
    toJSON(): string;
    /** `yyyy-MM-dd HH:mm:ss` in the user's zone. */
    getDisplayValue(): string;
    /** The same: users' formats are all the internal one. */
    getDisplayValueInternal(): string;
    /** The moment in the user's zone as a language writes it. */
    getDisplayValueLang(style: 'full' | 'long' | 'medium' | 'short', language?: string): string;
    /** Milliseconds since 1970-01-01 UTC. */
    getNumericValue(): number;
    /** The day in UTC. */
    getDate(): GlideDate;
    /** The day in the user's zone. */
    getLocalDate(): GlideDate;
    /** The time of day in UTC. */
    getTime(): GlideTime;
    /** The time of day in the user's zone. */
    getLocalTime(): GlideTime;
    /** Whether the text was a moment. */
    isValid(): boolean;
    /** Why it is not valid; empty where it is. */
    getErrorMsg(): string;
    /** Takes another moment: a text in UTC, or milliseconds. */
    setValue(value: string | GlideDateTime | number): void;
    /** Takes a moment in the user's zone; with a format of Java's letters an error where the text is not of it. */
    setDisplayValue(text: string, format?: string): void;
    /** Takes a moment in the user's zone, `yyyy-MM-dd HH:mm:ss`. */
    setDisplayValueInternal(text: string): void;
    /** Takes a moment in UTC by a format of Java's letters. */
    setValueUTC(text: string, format: string): void;
    /** Takes the moment so long after 1970-01-01 UTC. */
    setNumericValue(milliseconds: number): void;
    /** Uses another zone than the user's for local times. */
    setTZ(timeZone: string): void;
    /** How far local time is ahead of UTC, in milliseconds. */
    getTZOffset(): number;
    /** How much of that is for daylight saving, in milliseconds. */
    getDSTOffset(): number;
    /** Whether local time is on daylight saving. */
    isDST(): boolean;
    /** Moves by milliseconds, or by a time. */
    add(time: number | GlideTime | GlideDuration): void;
    /** Moves back by milliseconds, or by a time. */
    subtract(time: number | GlideTime | GlideDuration): void;
    /** Moves by seconds. */
    addSeconds(seconds: number): void;
    /** The same as `addDaysUTC`. */
    addDays(days: number): void;
    /** Moves by days of 24 hours. */
    addDaysUTC(days: number): void;
    /** Moves by days; the time of day in the user's zone stays. */
    addDaysLocalTime(days: number): void;
    /** The same as `addWeeksUTC`. */
    addWeeks(weeks: number): void;
    /** Moves by weeks of 168 hours. */
    addWeeksUTC(weeks: number): void;
    /** Moves by weeks; the time of day in the user's zone stays. */
    addWeeksLocalTime(weeks: number): void;
    /** The same as `addMonthsUTC`. */
    addMonths(months: number): void;
    /** Moves by months; where the month is too short, to its last day. */
    addMonthsUTC(months: number): void;
    /** The same on the calendar of the user's zone. */
    addMonthsLocalTime(months: number): void;
    /** The same as `addYearsUTC`. */
    addYears(years: number): void;
    /** Moves by years; from 29 February to the 28th where there is no 29th. */
    addYearsUTC(years: number): void;
    /** The same on the calendar of the user's zone. */
    addYearsLocalTime(years: number): void;
    /** -1 where it is earlier, 0 where it is the same moment, 1 where it is later. */
    compareTo(other: GlideDateTime | string): -1 | 0 | 1;
    /** Whether it is the same moment. */
    equals(other: GlideDateTime | string): boolean;
    /** Whether it is earlier; not where it is the same moment. */
    before(other: GlideDateTime | string): boolean;
    /** Whether it is later; not where it is the same moment. */
    after(other: GlideDateTime | string): boolean;
    /** Whether it is earlier, or the same moment. */
    onOrBefore(other: GlideDateTime | string): boolean;
    /** Whether it is later, or the same moment. */
    onOrAfter(other: GlideDateTime | string): boolean;
    /** The year in UTC. */
    getYearUTC(): number;
    /** The year in the user's zone. */
    getYearLocalTime(): number;
    /** The same as `getYearUTC`. */
    getYear(): number;
    /** The month in UTC, 1 to 12. */
    getMonthUTC(): number;
    /** The month in the user's zone, 1 to 12. */
    getMonthLocalTime(): number;
    /** The same as `getMonthUTC`. */
    getMonth(): number;
    /** The day of the month in UTC. */
    getDayOfMonthUTC(): number;
    /** The day of the month in the user's zone. */
    getDayOfMonthLocalTime(): number;
    /** The same as `getDayOfMonthUTC`. */
    getDayOfMonth(): number;
    /** The day of the week in UTC, Monday 1 to Sunday 7. */
    getDayOfWeekUTC(): number;
    /** The day of the week in the user's zone, Monday 1 to Sunday 7. */
    getDayOfWeekLocalTime(): number;
    /** The same as `getDayOfWeekUTC`. */
    getDayOfWeek(): number;
    /** How many days the month has in UTC. */
    getDaysInMonthUTC(): number;
    /** How many days the month has in the user's zone. */
    getDaysInMonthLocalTime(): number;
    /** The same as `getDaysInMonthUTC`. */
    getDaysInMonth(): number;
    /** The number of the week in UTC: weeks begin on Sunday, the first one has 1 January. */
    getWeekOfYearUTC(): number;
    /** The same in the user's zone. */
    getWeekOfYearLocalTime(): number;
    /** The same as `getWeekOfYearUTC`. */
    getWeekOfYear(): number;
    /** Takes another year in UTC. */
    setYearUTC(year: number): void;
    /** Takes another year in the user's zone. */
    setYearLocalTime(year: number): void;
    /** The same as `setYearUTC`. */
    setYear(year: number): void;
    /** Takes another month in UTC, 1 to 12; where it is too short, its last day. */
    setMonthUTC(month: number): void;
    /** The same in the user's zone. */
    setMonthLocalTime(month: number): void;
    /** The same as `setMonthUTC`. */
    setMonth(month: number): void;
    /** Takes another day of the month in UTC; days that it does not have run over. */
    setDayOfMonthUTC(day: number): void;
    /** The same in the user's zone. */
    setDayOfMonthLocalTime(day: number): void;
    /** The same as `setDayOfMonthUTC`. */
    setDayOfMonth(day: number): void;
}

/** A day without a time. Without an argument it is today in UTC. */
declare class GlideDate {
    constructor(value?: string | GlideDateTime);
    /** The time from the first day to the second. */
    static subtract(start: GlideDate, end: GlideDate): GlideDuration;
    /** `yyyy-MM-dd`; empty where it is not valid. */
    getValue(): string;
    /** The same as `getValue`. */
    toString(): string;
    /** The same as `getValue`. */
    toJSON(): string;
    /** The same as `getValue`: users' formats are all that one. */
    getDisplayValue(): string;
    /** The same as `getValue`. */
    getDisplayValueInternal(): string;
    /** Takes another day, `yyyy-MM-dd`. */
    setValue(value: string | GlideDate): void;
    /** The same as `setValue`. */
    setDisplayValue(text: string): void;
    /** Whether the text was a day. */
    isValid(): boolean;
    /** The day by a format of Java's letters. */
    getByFormat(format: string): string;
    /** The day of the month. */
    getDayOfMonthNoTZ(): number;
    /** The month, 1 to 12. */
    getMonthNoTZ(): number;
    /** The year. */
    getYearNoTZ(): number;
    /** Milliseconds from 1970-01-01 to the day. */
    getNumericValue(): number;
    /** Moves by days. */
    addDays(days: number): void;
    /** The same as `addDays`. */
    addDaysUTC(days: number): void;
    /** The same as `addDays`. */
    addDaysLocalTime(days: number): void;
    /** Moves by weeks. */
    addWeeks(weeks: number): void;
    /** Moves by months; where the month is too short, to its last day. */
    addMonths(months: number): void;
    /** Moves by years. */
    addYears(years: number): void;
    /** Whether it is earlier. */
    before(other: GlideDate | string): boolean;
    /** Whether it is later. */
    after(other: GlideDate | string): boolean;
    /** Whether it is the same day. */
    equals(other: GlideDate | string): boolean;
    /** -1 where it is earlier, 0 where it is the same day, 1 where it is later. */
    compareTo(other: GlideDate | string): -1 | 0 | 1;
}

/** A time of day: now, or so many milliseconds after midnight in UTC. Zones are those of today. */
declare class GlideTime {
    constructor(milliseconds?: number);
    /** The time from the first time of day to the second. */
    static subtract(start: GlideTime, end: GlideTime): GlideDuration;
    /** `HH:mm:ss` in UTC. */
    getValue(): string;
    /** The same as `getValue`. */
    toString(): string;
    /** The same as `getValue`. */
    toJSON(): string;
    /** `HH:mm:ss` in the user's zone. */
    getDisplayValue(): string;
    /** The same as `getDisplayValue`. */
    getDisplayValueInternal(): string;
    /** The value by a format of Java's letters. */
    getByFormat(format: string): string;
    /** Takes another time, `HH:mm:ss` in UTC. */
    setValue(text: string): void;
    /** Takes another time, `HH:mm:ss` in the user's zone. */
    setDisplayValue(text: string): void;
    /** The hour in UTC, 1 to 12. */
    getHourUTC(): number;
    /** The hour in the user's zone, 1 to 12. */
    getHourLocalTime(): number;
    /** The hour in UTC, 0 to 23. */
    getHourOfDayUTC(): number;
    /** The hour in the user's zone, 0 to 23. */
    getHourOfDayLocalTime(): number;
    /** The minute in UTC. */
    getMinutesUTC(): number;
    /** The minute in the user's zone. */
    getMinutesLocalTime(): number;
    /** The second. */
    getSeconds(): number;
}

/** A length of time: milliseconds, or a text such as `2 10:30:00`, days and hours. */
declare class GlideDuration {
    constructor(length?: number | string | GlideDuration);
    /** The length in milliseconds. */
    getNumericValue(): number;
    /** `d HH:mm:ss`; `HH:mm:ss` where it is less than a day. */
    getDurationValue(): string;
    /** In words: `2 Days 10 Hours 36 Minutes`. */
    getDisplayValue(): string;
    /** The whole days. */
    getDayPart(): number;
    /** The days; more than twelve hours count as one. */
    getRoundedDayPart(): number;
    /** 1970-01-01 00:00:00 and the length. */
    getValue(): string;
    /** The same as `getValue`. */
    toString(): string;
    /** Milliseconds: what a field of a record takes. */
    toJSON(): number;
    /** 1970-01-01 00:00:00 and the length, by a format of Java's letters. */
    getByFormat(format: string): string;
    /** Adds a length; a new object with the sum. */
    add(other: GlideDuration | number): GlideDuration;
    /** Takes a length away; a new object with what is left. */
    subtract(other: GlideDuration | number): GlideDuration;
    /** Takes another length: milliseconds, or 1970-01-01 and the length. */
    setValue(value: string | number): void;
    /** Takes another length: `d HH:mm:ss`. */
    setDisplayValue(text: string): void;
    /** Takes another length. */
    setNumericValue(milliseconds: number): void;
}

/** Working hours: whether a moment lies in them, and how much of them lies between two. */
declare class GlideSchedule {
    constructor(id?: string, timeZone?: string);
    /** Takes another schedule, by its id. */
    load(id: string, timeZone?: string): void;
    /** Reads the hours in another zone. */
    setTimeZone(timeZone: string): void;
    /** Its name. */
    getName(): string;
    /** Whether there is such a schedule, with hours. */
    isValid(): boolean;
    /** Whether a moment is working time. */
    isInSchedule(at: GlideDateTime): boolean;
    /** The working time between two moments. */
    duration(start: GlideDateTime, end: GlideDateTime): GlideDuration;
    /** When so much working time has passed. */
    add(start: GlideDateTime, duration: GlideDuration): GlideDateTime;
    /** Milliseconds until working time begins; -1 where it never does. */
    whenNext(at: GlideDateTime, timeZone?: string): number;
}

/** A user, their roles and groups. */
declare class GlideUser {
    private constructor();
    /** The id. */
    getID(): string;
    /** The login name. */
    getName(): string;
    /** The name. */
    getDisplayName(): string;
    /** The name. */
    getFullName(): string;
    /** The first name: that of the record, or the first word of the name. */
    getFirstName(): string;
    /** The last name: that of the record, or what follows the first word of the name. */
    getLastName(): string;
    /** The mail address. */
    getEmail(): string;
    /** The id of their company; empty without one. */
    getCompanyID(): string;
    /** The id of their department; empty without one. */
    getDepartmentID(): string;
    /** The id of their manager; empty without one. */
    getManagerID(): string;
    /** The code of their language. */
    getLanguage(): string;
    /** The name of their time zone. */
    getTZ(): string;
    /** Whether they have one of these roles, separated by commas; who has `admin` has all. */
    hasRole(roles: string): boolean;
    /** Whether they have any role. */
    hasRoles(): boolean;
    /** Their roles, those of their groups too. */
    getRoles(): string[];
    /** Whether they are in a group, by its id or name. */
    isMemberOf(group: string): boolean;
    /** The ids of their groups. */
    getMyGroups(): string[];
    /** Another user, by login name or id. */
    getUserByID(loginOrId: string): GlideUser | null;
    /** The name. */
    toString(): string;
    /** The id. */
    toJSON(): string;
    /** @deprecated Not supported: there are no preferences of users */
    readonly getPreference: never;
    /** @deprecated Not supported: there are no preferences of users */
    readonly savePreference: never;
    /** @deprecated Not supported: there are no preferences of users */
    readonly setPreference: never;
}

/** Files of records: copied, written, read. */
declare class GlideSysAttachment {
    constructor();
    /** Copies all files of a record to another one; the ids of the copies. */
    static copy(fromTable: string, fromId: string, toTable: string, toId: string): string[];
    /** Copies all files of a record to another one; the ids of the copies. */
    copy(fromTable: string, fromId: string, toTable: string, toId: string): string[];
    /** Plans a new file of a record with a text; its id, or null where it is refused. */
    write(record: GlideRecord, name: string, contentType: string, content: string): string | null;
    /** The same with the bytes of a Base64. */
    writeBase64(record: GlideRecord, name: string, contentType: string, base64: string): string | null;
    /** The text of a file; empty where there is none. Up to 5 MiB. */
    getContent(attachment: GlideRecord | string): string;
    /** The bytes of a file as Base64; empty where there is none. Up to 5 MiB. */
    getContentBase64(attachment: GlideRecord | string): string;
    /** A file to be read by a `GlideTextReader`; null where there is none. */
    getContentStream(id: string): GlideContentStream | null;
    /** Plans the removal of a file. */
    deleteAttachment(id: string): boolean;
    /** The files of a record: rows of `sys_attachment` to go through with `next()`. */
    getAttachments(table: string, id: string): GlideRecord;
}

/** A file that a `GlideTextReader` reads. */
declare class GlideContentStream {
    private constructor();
}

/** Reads a file line by line. */
declare class GlideTextReader {
    constructor(stream: GlideContentStream);
    /** The next line; null at the end. */
    readLine(): string | null;
}

/** Helpers with texts. */
declare class GlideStringUtil {
    private constructor();
    /** A text with the signs of HTML escaped. */
    static escapeHTML(text: string): string;
    /** A text with escaped signs of HTML as they are. */
    static unescapeHTML(text: string): string;
    /** The same as `unescapeHTML`. */
    static unEscapeHTML(text: string): string;
    /** A text with `<br/>` for new lines. */
    static newLinesToBreaks(text: string): string;
    /** A text with a backslash before single quotes. */
    static escapeTicks(text: string): string;
    /** The same as `escapeHTML`. */
    static escapeForHomePage(text: string): string;
    /** A text with `^^` for `^`, as a value of an encoded query. */
    static escapeQueryTermSeparator(text: string): string;
    /** A text with one space for what is between words. */
    static normalizeWhitespace(text: string): string;
    /** A text with `_` for dots. */
    static dotToUnderBar(text: string): string;
    /** The digits of a text. */
    static getNumeric(text: string): string;
    /** Whether a text is Base64. */
    static isBase64(text: string): boolean;
    /** Whether a text is 32 hexadecimal digits, as ids of ServiceNow are. */
    static isEligibleSysID(text: string): boolean;
    /** A text as Base64 of its UTF-8. */
    static base64Encode(text: string): string;
    /** The text of a Base64; null where it is none. */
    static base64Decode(text: string): string | null;
    /** A text as a value of an address; a space is `+`. */
    static urlEncode(text: string): string;
    /** The text of a value of an address. */
    static urlDecode(text: string): string;
}

/** Whether a record fulfils a condition. */
declare class GlideFilter {
    private constructor();
    /** Whether a record, as it is with what was written into it, fulfils an encoded query. */
    static checkRecord(record: GlideRecord, encodedQuery: string): boolean;
}

/** The tables that a table extends, and those that extend it. */
declare class GlideTableHierarchy {
    constructor(table: string);
    /** The table. */
    getName(): string;
    /** The table and those that it extends, nearest first. */
    getTables(): string[];
    /** The table at the root of those that it extends; itself without one. */
    getBase(): string;
    /** The tables that extend it. */
    getTableExtensions(): string[];
    /** The table and those that extend it. */
    getAllExtensions(): string[];
    /** Whether tables extend it. */
    hasExtensions(): boolean;
    /** Whether it extends no table, and tables extend it. */
    isBaseClass(): boolean;
    /** Whether it extends no table, and none extends it. */
    isSoloClass(): boolean;
}

/** The session of the run: nobody is at a screen. */
declare class GlideSession {
    private constructor();
    /** Whether somebody is at the screen: never. */
    isInteractive(): boolean;
    /** Whether somebody is logged in: never. */
    isLoggedIn(): boolean;
    /** The code of the user's language. */
    getLanguage(): string;
    /** The name of the user's time zone. */
    getTimeZoneName(): string;
    /** The address of the browser: none. */
    getClientIP(): string | null;
    /** Keeps a text until the run ends. */
    putClientData(name: string, value: any): void;
    /** The text that was kept under a name. */
    getClientData(name: string): string | null;
    /** Forgets the text of a name. */
    clearClientData(name: string): void;
    /** The same as `putClientData`. */
    putProperty(name: string, value: any): void;
    /** The same as `getClientData`. */
    getProperty(name: string): string | null;
}

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
    /** `'insert'`, `'update'` or `'delete'`: the change that the script is about; null where it is about none. */
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
    /** `'insert'`, `'update'` or `'delete'`: the change that the script is about; null where it is about none. */
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
    /** The value of a moment, day or length of time as an object. */
    getGlideObject(): GlideDateTime | GlideDate | GlideDuration;
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
    [Symbol.toPrimitive](hint: string): any;
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
interface JSON {
    new (): JSON;
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

/** The system: log, settings, the user as whom the script runs, messages, events, dates and texts. */
interface GlideSystem {
    /** Writes to the log of the run; `{0}` to `{4}` stand for what follows. */
    info(message: any, ...values: any[]): void;
    /** Writes a warning to the log of the run. */
    warn(message: any, ...values: any[]): void;
    /** Writes an error to the log of the run. */
    error(message: any, ...values: any[]): void;
    /** Writes to the log of the run, for finding defects. */
    debug(message: any, ...values: any[]): void;
    /** Writes to the log of the run. */
    log(message: any, source?: string): void;
    /** Writes a warning to the log of the run. */
    logWarning(message: any, source?: string): void;
    /** Writes an error to the log of the run. */
    logError(message: any, source?: string): void;
    /** Writes to the log of the run. */
    print(message: any): void;
    /** Whether lines for finding defects are kept: always. */
    isDebugging(): boolean;
    /** The value of a setting; what is given for it where there is none, or null. */
    getProperty(name: string, otherwise?: any): string;
    /** Plans another value of a setting. */
    setProperty(name: string, value: any, description?: string): void;
    /** Whether there is such a table. */
    tableExists(table: string): boolean;
    /** The field whose value stands for the records of a table. */
    getDisplayColumn(table: string): string;
    /** How a field of a record is shown. */
    getDisplayValueFor(table: string, id: string, field: string): string;
    /** The name of the script's scope: `global`. */
    getCurrentScopeName(): string;
    /** Evaluates the script include of a name; an error where there is none. */
    include(name: string): boolean;
    /** @deprecated Not supported: a scheduled job is run from its page */
    readonly executeNow: never;
    /** @deprecated Not supported: there are no workflows */
    readonly workflowFlush: never;
    /** The id of the user as whom the script runs. */
    getUserID(): string;
    /** The same as `getUserID`. */
    userID(): string;
    /** Their login name. */
    getUserName(): string;
    /** Their name. */
    getUserDisplayName(): string;
    /** The name of the user of a login name; empty where there is none. */
    getUserNameByUserID(login: string): string;
    /** The user as whom the script runs. */
    getUser(): GlideUser;
    /** Whether they have one of these roles, separated by commas; who has `admin` has all. */
    hasRole(roles: string): boolean;
    /** Whether they have a role and are in a group, by its id or name. */
    hasRoleInGroup(role: string, group: string): boolean;
    /** The text behind a key in the user's language, the key itself where there is none; `{0}` stands for the first value. */
    getMessage(key: string, values?: any): string;
    /** The same in another language. */
    getMessageLang(key: string, language: string, values?: any): string;
    /** The same with quotes escaped for a JavaScript text. */
    getEscapedMessage(key: string, values?: any): string;
    /** Collects a message for whoever is at the screen. */
    addInfoMessage(message: any): void;
    /** Collects an error for whoever is at the screen. */
    addErrorMessage(message: any): void;
    /** Collects good news for whoever is at the screen. */
    addSuccessMessage(message: any): void;
    /** Collects a warning for whoever is at the screen. */
    addWarningMessage(message: any): void;
    /** Collects a message of a type: `info`, `warning` or `error`. */
    addMessage(type: string, message: any): void;
    /** Forgets the messages that were collected. */
    flushMessages(): void;
    /** The errors that were collected. */
    getErrorMessages(): string[];
    /** The messages that were collected. */
    getInfoMessages(): string[];
    /** Raises an event about a record, or about none. */
    eventQueue(name: string, record: GlideRecord | null, parm1?: any, parm2?: any, queue?: string): void;
    /** Raises an event at a moment; without a first parameter it is the record's display value. */
    eventQueueScheduled(name: string, record: GlideRecord | null, parm1: any, parm2: any, when: GlideDateTime | string): void;
    /** Today in the user's zone, `yyyy-MM-dd`. */
    now(): string;
    /** Now in the user's zone, `yyyy-MM-dd HH:mm:ss`. */
    nowDateTime(): string;
    /** Now in UTC, `yyyy-MM-dd HH:mm:ss`. */
    nowNoTZ(): string;
    /** Now. */
    nowGlideDateTime(): GlideDateTime;
    /** A time of a day in the user's zone, in UTC: `start`, `end` or `HH:mm:ss`. */
    dateGenerate(date: string, range: string): string;
    /** The time between two moments in the user's zone: seconds, or `d HH:mm:ss`; null where one is no moment. */
    dateDiff(start: string, end: string, numeric?: boolean): string | null;
    /** The same as `dateDiff`. */
    calDateDiff(start: string, end: string, numeric?: boolean): string | null;
    /** The value of a `DATEPART` condition. */
    datePart(unit: string, value: string, operator: string): string;
    /** Whether a moment is on a Monday of the user's calendar. */
    isFirstDayOfWeek(at?: GlideDateTime | string): boolean;
    /** Whether a moment is on a Sunday of the user's calendar. */
    isLastDayOfWeek(at?: GlideDateTime | string): boolean;
    /** Whether a moment is on the first day of a month of the user's calendar. */
    isFirstDayOfMonth(at?: GlideDateTime | string): boolean;
    /** Whether a moment is on the last day of a month of the user's calendar. */
    isLastDayOfMonth(at?: GlideDateTime | string): boolean;
    /** Whether a moment is on 1 January of the user's calendar. */
    isFirstDayOfYear(at?: GlideDateTime | string): boolean;
    /** Whether a moment is on 31 December of the user's calendar. */
    isLastDayOfYear(at?: GlideDateTime | string): boolean;
    /** So many minutes ago. */
    minutesAgo(count: number): string;
    /** The first second of the minute so many minutes ago. */
    minutesAgoStart(count: number): string;
    /** The last second of the minute so many minutes ago. */
    minutesAgoEnd(count: number): string;
    /** So many hours ago. */
    hoursAgo(count: number): string;
    /** The first second of the hour so many hours ago. */
    hoursAgoStart(count: number): string;
    /** The last second of the hour so many hours ago. */
    hoursAgoEnd(count: number): string;
    /** So many days ago. */
    daysAgo(count: number): string;
    /** The first second of the day so many days ago. */
    daysAgoStart(count: number): string;
    /** The last second of the day so many days ago. */
    daysAgoEnd(count: number): string;
    /** So many weeks ago. */
    weeksAgo(count: number): string;
    /** The first second of the week so many weeks ago. */
    weeksAgoStart(count: number): string;
    /** The last second of the week so many weeks ago. */
    weeksAgoEnd(count: number): string;
    /** So many months ago. */
    monthsAgo(count: number): string;
    /** The first second of the month so many months ago. */
    monthsAgoStart(count: number): string;
    /** The last second of the month so many months ago. */
    monthsAgoEnd(count: number): string;
    /** So many quarters ago. */
    quartersAgo(count: number): string;
    /** The first second of the quarter so many quarters ago. */
    quartersAgoStart(count: number): string;
    /** The last second of the quarter so many quarters ago. */
    quartersAgoEnd(count: number): string;
    /** So many years ago. */
    yearsAgo(count: number): string;
    /** The first second of the year so many years ago. */
    yearsAgoStart(count: number): string;
    /** The last second of the year so many years ago. */
    yearsAgoEnd(count: number): string;
    /** A day ago. */
    yesterday(): string;
    /** A week ago. */
    lastWeek(): string;
    /** The first second of today. */
    beginningOfToday(): string;
    /** The last second of today. */
    endOfToday(): string;
    /** The first second of yesterday. */
    beginningOfYesterday(): string;
    /** The last second of yesterday. */
    endOfYesterday(): string;
    /** The first second of tomorrow. */
    beginningOfTomorrow(): string;
    /** The last second of tomorrow. */
    endOfTomorrow(): string;
    /** The first second of this week. */
    beginningOfThisWeek(): string;
    /** The last second of this week. */
    endOfThisWeek(): string;
    /** The first second of the last week. */
    beginningOfLastWeek(): string;
    /** The last second of the last week. */
    endOfLastWeek(): string;
    /** The first second of the next week. */
    beginningOfNextWeek(): string;
    /** The last second of the next week. */
    endOfNextWeek(): string;
    /** The first second of this month. */
    beginningOfThisMonth(): string;
    /** The last second of this month. */
    endOfThisMonth(): string;
    /** The first second of the last month. */
    beginningOfLastMonth(): string;
    /** The last second of the last month. */
    endOfLastMonth(): string;
    /** The first second of the next month. */
    beginningOfNextMonth(): string;
    /** The last second of the next month. */
    endOfNextMonth(): string;
    /** The first second of this quarter. */
    beginningOfThisQuarter(): string;
    /** The last second of this quarter. */
    endOfThisQuarter(): string;
    /** The first second of the last quarter. */
    beginningOfLastQuarter(): string;
    /** The last second of the last quarter. */
    endOfLastQuarter(): string;
    /** The first second of the next quarter. */
    beginningOfNextQuarter(): string;
    /** The last second of the next quarter. */
    endOfNextQuarter(): string;
    /** The first second of this year. */
    beginningOfThisYear(): string;
    /** The last second of this year. */
    endOfThisYear(): string;
    /** The first second of the last year. */
    beginningOfLastYear(): string;
    /** The last second of the last year. */
    endOfLastYear(): string;
    /** The first second of the next year. */
    beginningOfNextYear(): string;
    /** The last second of the next year. */
    endOfNextYear(): string;
    /** The first second of the current hour. */
    beginningOfCurrentHour(): string;
    /** The last second of the current hour. */
    endOfCurrentHour(): string;
    /** The first second of the last hour. */
    beginningOfLastHour(): string;
    /** The last second of the last hour. */
    endOfLastHour(): string;
    /** The first second of the current minute. */
    beginningOfCurrentMinute(): string;
    /** The last second of the current minute. */
    endOfCurrentMinute(): string;
    /** The first second of the last minute. */
    beginningOfLastMinute(): string;
    /** The last second of the last minute. */
    endOfLastMinute(): string;
    /** Whether a value is null, undefined, an empty text or an empty field. */
    nil(value: any): boolean;
    /** A new id of 32 hexadecimal digits, from the randomness of the run. */
    generateGUID(): string;
    /** A text as Base64 of its UTF-8. */
    base64Encode(text: string): string;
    /** The text of a Base64; null where it is none. */
    base64Decode(text: string): string | null;
    /** A text as a value of an address; a space is `+`. */
    urlEncode(text: string): string;
    /** The text of a value of an address. */
    urlDecode(text: string): string;
    /** @deprecated Not supported: XML is not read */
    readonly xmlToJSON: never;
    /** @deprecated Not supported: a script must not wait: raise an event for later with gs.eventQueueScheduled */
    readonly sleep: never;
    /** The session of the run. */
    getSession(): GlideSession;
    /** Whether somebody is at the screen: never. */
    isInteractive(): boolean;
    /** Whether somebody is logged in: never. */
    isLoggedIn(): boolean;
    /** Whether somebody is at a telephone: never. */
    isMobile(): boolean;
    /** Does nothing: there is no screen to lead elsewhere. */
    setRedirect(address: any): void;
    /** Does nothing: there is no screen to lead elsewhere. */
    setReturn(address: any): void;
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
/** The system: log, settings, the user as whom the script runs, messages, events, dates and texts. */
declare const gs: GlideSystem;
/** Makes classes as script includes declare them. */
declare const Class: ClassMaker;
/** Help with values. */
declare const JSUtil: JSUtilities;

// Only some scripts are given these.
/** The rows of a table: query, cursor and current row in one object. Fields are elements under their names; a field that the table does not have is undefined, and writing one changes nothing. */
declare const current: GlideRecord;
/** The rows of a table: query, cursor and current row in one object. Fields are elements under their names; a field that the table does not have is undefined, and writing one changes nothing. */
declare const previous: GlideRecord;
/** The rows of a table: query, cursor and current row in one object. Fields are elements under their names; a field that the table does not have is undefined, and writing one changes nothing. */
declare const target: GlideRecord;
/** The rows of a table: query, cursor and current row in one object. Fields are elements under their names; a field that the table does not have is undefined, and writing one changes nothing. */
declare const sys_email: GlideRecord;
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

interface ObjectConstructor {
    /** A prototype with the members of a base class and those of its own. */
    extendsObject(base: any, members: any): any;
}
/** An object for what a rule gives to the form of its record. No form reads it here. */
declare const g_scratchpad: any;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const RESTMessageV2: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const RESTMessage: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const SOAPMessageV2: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const SOAPMessage: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const GlideHTTPRequest: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const GlideHTTPClient: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const RESTAPIRequest: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const sn_ws: never;
/** @deprecated Not supported: scripts do not reach the network: raise an event and let a webhook act on it */
declare const sn_auth: never;
/** @deprecated Not supported: there is no service catalog */
declare const Cart: never;
/** @deprecated Not supported: there is no service catalog */
declare const CartJS: never;
/** @deprecated Not supported: there is no service catalog */
declare const CatItem: never;
/** @deprecated Not supported: there is no service catalog */
declare const sn_sc: never;
/** @deprecated Not supported: there is no service catalog */
declare const GlideappCatalogItem: never;
/** @deprecated Not supported: there is no service catalog */
declare const GlideappVariablePoolQuestionSet: never;
/** @deprecated Not supported: there are no workflows: use business rules and event actions */
declare const Workflow: never;
/** @deprecated Not supported: there are no workflows: use business rules and event actions */
declare const WorkflowScriptAPI: never;
/** @deprecated Not supported: there are no workflows: use business rules and event actions */
declare const sn_fd: never;
/** @deprecated Not supported: spreadsheets are not read */
declare const GlideExcelParser: never;
/** @deprecated Not supported: spreadsheets are not read */
declare const sn_impex: never;
/** @deprecated Not supported: there are no update sets: packs carry the configuration */
declare const GlideUpdateManager2: never;
/** @deprecated Not supported: there are no update sets: packs carry the configuration */
declare const GlideUpdateSet: never;
/** @deprecated Not supported: XML is not read or written: use JSON */
declare const XMLDocument: never;
/** @deprecated Not supported: XML is not read or written: use JSON */
declare const XMLDocument2: never;
/** @deprecated Not supported: XML is not read or written: use JSON */
declare const XMLHelper: never;
/** @deprecated Not supported: XML is not read or written: use JSON */
declare const GlideXMLUtil: never;
/** @deprecated Not supported: XML is not read or written: use JSON */
declare const GlideXMLDocument: never;
/** @deprecated Not supported: there is no Java beneath: use the classes of this API */
declare const Packages: never;
/** @deprecated Not supported: there is no Java beneath: use the classes of this API */
declare const java: never;
/** @deprecated Not supported: use GlideRecord */
declare const GlideQuery: never;
/** @deprecated Not supported: use updateMultiple() of GlideRecord */
declare const GlideMultipleUpdate: never;
/** @deprecated Not supported: use deleteMultiple() of GlideRecord */
declare const GlideMultipleDelete: never;
/** @deprecated Not supported: use GlideAggregate */
declare const GlideDBFunctionBuilder: never;
/** @deprecated Not supported: there are no plugins */
declare const GlidePluginManager: never;
/** @deprecated Not supported: use GlideDateTime */
declare const GlideCalendarDateTime: never;
/** @deprecated Not supported: use GlideDateTime */
declare const GlideScheduleDateTime: never;
/** @deprecated Not supported: a script runs as one user */
declare const GlideImpersonate: never;
/** @deprecated Not supported: secrets are not open to scripts */
declare const GlideEncrypter: never;
/** @deprecated Not supported: digests are not made by scripts */
declare const GlideDigest: never;
/** @deprecated Not supported: a run ends within its time limit: use scheduled jobs */
declare const ProgressWorker: never;
/** @deprecated Not supported: there is no Java beneath: use the classes of this API */
declare const importPackage: never;
/** @deprecated Not supported: there is no Java beneath: use the classes of this API */
declare const importClass: never;
/** @deprecated Not supported: there is no Java beneath: use the classes of this API */
declare const JavaImporter: never;
/** @deprecated Not supported: use GlideRecord */
declare const GlideDBQuery: never;
/** @deprecated Not supported: use getED() of a record or element */
declare const GlideTableDescriptor: never;
/** @deprecated Not supported: use script includes */
declare const GlideScriptedExtensionPoint: never;
/** @deprecated Not supported: it belongs to the browser: use current */
declare const g_form: never;
/** @deprecated Not supported: it belongs to the browser: call the script include itself */
declare const GlideAjax: never;
