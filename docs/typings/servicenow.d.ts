// Rejoinder: what scripts of the vocabulary `servicenow` find. Made from the program's own description by
// `rejoinder script typings --vocabulary servicenow`. Use it with `"lib": ["ES2023"]` and without the DOM.

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
