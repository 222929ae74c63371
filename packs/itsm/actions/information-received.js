// The answer goes into the activity feed; the incident is worked on again.
if (!email.new_text) {
  ss.info('The answer to ' + current.number + ' holds no new text');
  return;
}
current.additional_comments = email.new_text;
current.state = 'in_progress';
current.update();
