// What an administrator writes, as an editor with TypeScript sees it.
const incidents = new SimpleRecord("itsm_incident");
incidents.addQuery("active", true).addOrCondition("state", "IN", ["new", "assigned"]);
incidents.orderByDesc("sys_created_at");
incidents.setLimit(10);
incidents.query();
while (incidents.next()) {
    ss.info(`${incidents.number}: ${incidents.getDisplayValue("caller")}`);
    incidents.setValue("impact", 2);
    incidents.subject = "by field";
    if (incidents.update() === "0") { ss.error(incidents.getErrors()); }
}
if (current.caller.email) { console.log(ss.getProperty("base_url"), ss.getUserId()); }
