// What an administrator writes, as an editor with TypeScript sees it.
var gr = new GlideRecord("incident");
gr.addQuery("active", true).addOrCondition("priority", "1");
gr.addEncodedQuery("state=2^ORDERBYnumber");
gr.orderByDesc("sys_created_on");
gr.setLimit(10);
gr.query();
while (gr.next()) {
    gs.info("{0}: {1}", gr.number, gr.caller_id.getDisplayValue());
    if (gr.state.changes() && !gr.assigned_to.nil()) { gr.work_notes = "Looked at"; }
    gr.update();
}
var due = new GlideDateTime();
due.addDaysUTC(3);
if (current.getValue("short_description") == "urgent") { current.setValue("impact", "1"); }
gs.eventQueue("incident.commented", current, gs.getUserID(), gs.getUserName());
var Helper = Class.create();
JSON.stringify(new JSON().decode("{}"));
