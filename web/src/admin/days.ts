/* Days of the reader as moments of the API. Pure. */

/** The moment in which a day (`2026-11-23`) begins here. */
export const fromDay = (day: string): string => new Date(`${day}T00:00:00`).toISOString();

/** The moment in which the day after begins: what is before it still belongs to the day. */
export function toDay(day: string): string {
    const end = new Date(`${day}T00:00:00`);
    end.setDate(end.getDate() + 1);
    return end.toISOString();
}
