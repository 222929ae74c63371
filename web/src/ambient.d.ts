/* What the build knows of the API behind the page; see vite.config.ts. */
declare const __ABILITIES__: {
    readonly order: boolean;
    readonly sessions: boolean;
    readonly stream: boolean;
    readonly makesTables: boolean;
};
