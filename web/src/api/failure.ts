/* What went wrong, in the words of the API: message, what to do, code, and the field that it is about. */

export class Failure extends Error {
    constructor(
        /** HTTP status; 0 where the program did not answer at all. */
        readonly status: number,
        readonly code: string,
        message: string,
        readonly hint: string | null = null,
        readonly field: { table: string; field: string } | null = null,
        /** Every field that is wrong, where the API names several. */
        readonly fields: { field: string; message: string }[] = [],
    ) {
        super(message);
    }
}

interface SaidOfField { field?: string; message?: string; rule?: string }
interface Said { fields?: SaidOfField[]; code?: string; message?: string; hint?: string | null; field?: { table: string; field: string } | null }

/** The failure that an answer's body describes. */
export function failureOf(status: number, statusText: string, body: unknown): Failure {
    const said: Said = (body as { error?: Said } | null)?.error ?? {};
    return new Failure(status, said.code ?? `http_${status}`, said.message ?? statusText, said.hint ?? null, said.field ?? null, fieldsOf(said.fields));
}

const fieldsOf = (all: SaidOfField[] = []) => all.filter(one => one.field !== undefined).map(one => ({ field: one.field ?? "", message: one.message ?? one.rule ?? "" }));

/** What is said about one field of a form. */
export function aboutField(failure: Failure | null, name: string): string | null {
    if (failure === null) { return null; }
    return failure.fields.find(one => one.field === name && one.message !== "")?.message ?? (failure.field?.field === name ? failure.message : null);
}

/** Anything that was thrown, as a failure. */
export function asFailure(thrown: unknown): Failure {
    if (thrown instanceof Failure) { return thrown; }
    return new Failure(0, "unreachable", thrown instanceof Error ? thrown.message : String(thrown));
}
