var open = new SimpleRecord('incident');
open.addQuery('subject', current.subject);
open.addQuery('state', 'NOT IN', ['completed', 'closed', 'rejected_by_user']);
open.setLimit(1);
open.query();
if (open.next()) {
  open.work_notes = 'Alert again: ' + email.new_text;
  open.update();
} else {
  current.insert();
}
