/* A decision about a mail, as the API tells it. */

import type { Schemas } from "../api/client";

export type Reason = Schemas["Reason"];
export type RecordName = Schemas["RecordName"];
export type Clause = Schemas["DecisionClause"];
export type DecisionAction = Schemas["DecisionAction"];
export type DecisionChange = Schemas["DecisionChange"];
export type DecisionMail = Schemas["DecisionMail"];
export type MailDecision = Schemas["MailDecision"];
export type MailTrial = Schemas["MailTrial"];
