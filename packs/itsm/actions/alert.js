var open = new SimpleRecord('incident');
open.addQuery('subject', current.subject);
open.addQuery('state', 'NOT IN', ['completed', 'closed', 'rejected_by_user']);
open.setLimit(1);
open.query();
if (open.next()) {
  // One that was made before repeats were counted has been reported once.
  open.repeat_count = (Number(open.repeat_count) || 1) + 1;
  open.work_notes = 'Alert again: ' + email.new_text;
  open.update();
} else {
  current.repeat_count = 1;
  current.insert();
}
