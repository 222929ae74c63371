/* The pictures of the application, as strokes of a 24 pixel grid. They say nothing to a screen reader: the words stand
   beside them. */

const shapes = {
    ticket: "M4 7h16v4a1.5 1.5 0 0 0 0 3v3H4v-3a1.5 1.5 0 0 0 0-3zM14 7v10",
    inbox: "M4 13l2-8h12l2 8v6H4zM4 13h5a3 3 0 0 0 6 0h5",
    outbox: "M4 13v6h16v-6M12 15V4M8 8l4-4 4 4",
    alert: "M12 4l9 16H3zM12 10v4M12 17v.1",
    mailbox: "M3 6h18v12H3zM3 7l9 7 9-7",
    tables: "M4 5h16v14H4zM4 10h16M10 10v9",
    people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20a6 6 0 0 1 12 0M16 4.5a3.5 3.5 0 0 1 0 6M17.5 14.5A6 6 0 0 1 21 20",
    write: "M4 20l1-5L16 4l4 4L9 19zM13.5 6.5l4 4",
    search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
    sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
    moon: "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
    auto: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 4v16",
    user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
    plus: "M12 5v14M5 12h14",
    close: "M6 6l12 12M18 6L6 18",
    next: "M9 5l7 7-7 7",
    back: "M15 5l-7 7 7 7",
    down: "M5 9l7 7 7-7",
    up: "M5 15l7-7 7 7",
    again: "M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5",
    grip: "M9 6v.1M15 6v.1M9 12v.1M15 12v.1M9 18v.1M15 18v.1",
    braces: "M8 4c-3 0-1 6-4 8 3 2 1 8 4 8M16 4c3 0 1 6 4 8-3 2-1 8-4 8",
    columns: "M4 5h16v14H4zM9.3 5v14M14.7 5v14",
    filter: "M4 5h16l-6 8v6l-4-2v-4z",
    file: "M6 3h8l4 4v14H6zM14 3v4h4",
    download: "M12 4v11M7 11l5 5 5-5M4 20h16",
    comment: "M4 5h16v11H10l-5 4v-4H4z",
    note: "M5 4h14v10l-5 6H5zM19 14h-5v6",
    change: "M4 8h13l-3-3M20 16H7l3 3",
    robot: "M6 9h12v10H6zM12 9V5M9 13v.1M15 13v.1M9 16h6",
    check: "M5 12l5 5L19 7",
    link: "M14 4h6v6M20 4l-9 9M17 14v6H4V7h6",
    command: "M4 6l5 6-5 6M12 18h8",
    bell: "M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4",
    clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
    out: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
    language: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
    key: "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9v3M17 12v3",
    gear: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M5.3 18.7l2.1-2.1M16.6 7.4l2.1-2.1",
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
    return (
        <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
            <path d={shapes[name]} />
        </svg>
    );
}
