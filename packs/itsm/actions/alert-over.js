// `RECOVERED db1 is down` ends `ALERT db1 is down`.
var open = new SimpleRecord('incident');
open.addQuery('subject', email.subject.replace(/^\s*RECOVERED/i, 'ALERT'));
open.addQuery('state', 'NOT IN', ['completed', 'closed', 'rejected_by_user']);
open.setLimit(1);
open.query();
if (open.next()) {
  open.work_notes = 'Alert is over: ' + email.new_text;
  if (open.state == 'registered') {
    open.state = 'completed';
  }
  open.update();
} else {
  ss.info('No open incident of this alert');
}
