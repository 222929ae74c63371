/* The saved quick filters of agents. Pure. */

const DONE = ["completed", "rejected_by_user", "closed"];
const not = (value: string) => ({ field: "state", operator: "is_not", value });
const open = DONE.map(not);

/** Those of people who ask for help: what is open, and what waits for their answer. */
export const callersFilters = (): { key: string; filter: string | null }[] => quickFilters("").filter(one => ["all", "open", "waiting"].includes(one.key)).map(one => one.key === "waiting" ? { ...one, key: "answer" } : one);

/** Filters by their keys; `all` asks nothing. */
export const quickFilters = (me: string): { key: string; filter: string | null }[] => [
    { key: "all", filter: null },
    { key: "open", filter: JSON.stringify({ all: open }) },
    { key: "mine", filter: JSON.stringify({ all: [{ field: "assigned_user", operator: "is", value: me }, ...open] }) },
    { key: "unassigned", filter: JSON.stringify({ all: [{ field: "assigned_user", operator: "is_empty" }, ...open] }) },
    { key: "waiting", filter: JSON.stringify({ all: [{ field: "state", operator: "is", value: "information_needed" }] }) },
];
