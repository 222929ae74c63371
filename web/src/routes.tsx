/* The addresses of the application, each with its page, which is loaded when one goes there. */

import { lazy, type ComponentType } from "react";
import { Navigate, createBrowserRouter } from "react-router";
import { Gate, Broken, Unknown } from "./shell/Gate";

function page<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
    const Loaded = lazy(async (): Promise<{ default: ComponentType }> => ({ default: (await load())[name] }));
    return <Loaded />;
}

export const routes = createBrowserRouter([{
    element: <Gate />,
    errorElement: <Broken />,
    children: [
        { path: "/", element: <Navigate to="/incidents" replace /> },
        { path: "/incidents", element: page(() => import("./records/ListPage"), "IncidentsPage") },
        { path: "/incidents/:id", element: page(() => import("./records/RecordPage"), "IncidentPage") },
        { path: "/list/:table", element: page(() => import("./records/ListPage"), "ListPage") },
        { path: "/record/:table/:id", element: page(() => import("./records/RecordPage"), "RecordPage") },
        { path: "/inbox", element: page(() => import("./mail/MailList"), "InboxPage") },
        { path: "/outbox", element: page(() => import("./mail/MailList"), "OutboxPage") },
        { path: "/mail/:id", element: page(() => import("./mail/MailPage"), "MailPage") },
        { path: "/mail/:id/trace", element: page(() => import("./mail/TracePage"), "TracePage") },
        { path: "/attention", element: page(() => import("./mail/AttentionPage"), "AttentionPage") },
        { path: "/mailboxes", element: page(() => import("./accounts/AccountsPage"), "AccountsPage") },
        { path: "/mailboxes/:id", element: page(() => import("./accounts/AccountPage"), "AccountPage") },
        { path: "/actions", element: page(() => import("./inbound/ActionsPage"), "ActionsPage") },
        { path: "/actions/:id", element: page(() => import("./inbound/ActionPage"), "ActionPage") },
        { path: "/tables", element: page(() => import("./tables/TablesPage"), "TablesPage") },
        { path: "/tables/:table", element: page(() => import("./tables/TablePage"), "TablePage") },
        { path: "/scripts", element: page(() => import("./scripts/ConsolePage"), "ConsolePage") },
        { path: "/audit", element: page(() => import("./admin/AuditPage"), "AuditPage") },
        { path: "/sign-ins", element: page(() => import("./admin/SignInsPage"), "SignInsPage") },
        { path: "/people", element: page(() => import("./demo/PeoplePage"), "PeoplePage") },
        { path: "/people/:address", element: page(() => import("./demo/PersonPage"), "PersonPage") },
        { path: "/write", element: page(() => import("./demo/WritePage"), "WritePage") },
        { path: "*", element: <Unknown /> },
    ],
}]);
